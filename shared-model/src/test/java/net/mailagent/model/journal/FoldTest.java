package net.mailagent.model.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;

/**
 * Random histories: fold against a plain map of what should be there, the writer's figures against
 * the placements, and cold loads from checkpoints of mixed age against the whole history.
 */
class FoldTest {
  private static final Origin ORIGIN = new Origin("test", "", "");
  private static final List<Flags> FLAGS =
      List.of(
          Flags.NONE,
          Flags.of("\\Seen"),
          Flags.of("\\Deleted"),
          Flags.of("\\Seen", "$Work"),
          Flags.of("$work", "other"));

  /** What a mailbox should hold: uid to flags and modseq. */
  private record Row(ContentId content, Flags flags, long modSeq, long size) {}

  /** What is kept of an expunged message. */
  private record Gone(Row row, long when) {}

  /** A history with the state after each entry, and the plain picture of the end. */
  private static final class History {
    final UserId user = UserId.random();
    final Random random;
    final List<JournalEntry> entries = new ArrayList<>();
    final List<UserState> states = new ArrayList<>();
    final Map<MailboxId, TreeMap<Integer, Row>> expected = new HashMap<>();
    final Map<MailboxId, TreeMap<Integer, Gone>> expunged = new HashMap<>();
    long at = 1_700_000_000_000L;

    History(long seed, int entries) {
      random = new Random(seed);
      states.add(UserState.empty(user));
      commit(List.of(new OpenAccount(Map.of(SpecialUse.SENT, new MailboxPath("Sent")), 1_000_000)));
      for (int i = 0; i < entries; i++) {
        List<Edit<?>> edits = new ArrayList<>();
        for (int n = random.nextInt(4); n >= 0; n--) {
          edits.add(edit());
        }
        commit(edits);
      }
    }

    UserState last() {
      return states.get(states.size() - 1);
    }

    private MailboxState box() {
      List<MailboxState> all = new ArrayList<>(last().mailboxes());
      return all.get(random.nextInt(all.size()));
    }

    private UidSet some(MailboxState box) {
      UidSet.Builder uids = new UidSet.Builder();
      box.messages().uids().stream().filter(u -> random.nextInt(3) == 0).forEach(uids::add);
      return uids.build();
    }

    private UidSet someExpunged(MailboxState box) {
      int every = 1 + random.nextInt(3);
      return UidSet.of(
          box.expunged().stream()
              .mapToInt(gone -> gone.row().uid())
              .filter(u -> random.nextInt(every) == 0)
              .toArray());
    }

    private Edit<?> edit() {
      MailboxState box = box();
      return switch (random.nextInt(15)) {
        case 0, 1, 2, 3 -> {
          List<AddMessages.Message> messages = new ArrayList<>();
          // now and then so many that segments fill
          for (int n = random.nextInt(30) == 0 ? 700 : random.nextInt(3); n >= 0; n--) {
            messages.add(
                new AddMessages.Message(
                    ContentId.random(),
                    FLAGS.get(random.nextInt(FLAGS.size())),
                    at / 1000,
                    random.nextInt(400)));
          }
          yield new AddMessages(
              random.nextBoolean() ? null : box.id(),
              messages,
              random.nextBoolean() ? "key" + random.nextInt(600) : null);
        }
        case 4, 5 ->
            new StoreFlags(
                box.id(),
                some(box),
                FlagOperation.values()[random.nextInt(3)],
                FLAGS.get(random.nextInt(FLAGS.size())),
                random.nextBoolean()
                    ? OptionalLong.empty()
                    : OptionalLong.of(random.nextInt((int) last().seq() + 1)));
        case 6 -> new CopyMessages(box.id(), some(box), box().id(), false);
        case 7 -> new CopyMessages(box.id(), some(box), box().id(), true);
        case 8 -> new ExpungeMessages(box.id(), java.util.Optional.empty());
        case 9 -> new CreateMailbox(new MailboxPath("m" + random.nextInt(8)), Set.of(), 50);
        case 10 ->
            random.nextBoolean()
                ? new RenameMailbox(
                    box.path(), new MailboxPath("m" + random.nextInt(8) + "/sub"), 50)
                : new Subscribe(new MailboxPath("m" + random.nextInt(4)), random.nextBoolean(), 50);
        case 11 -> {
          Map<MailboxId, UidSet> forgotten = new HashMap<>();
          for (MailboxState any : last().mailboxesAndTombstones()) {
            forgotten.put(any.id(), someExpunged(any));
          }
          yield new ForgetExpunged(forgotten);
        }
        case 12 -> {
          List<MailboxState> all = new ArrayList<>(last().mailboxesAndTombstones());
          MailboxState from = all.get(random.nextInt(all.size()));
          yield new RestoreMessages(
              from.id(),
              someExpunged(from),
              random.nextBoolean() ? null : box.id(),
              2 * 86_400_000L);
        }
        case 13 -> new RecountMailboxes();
        default -> new DeleteMailbox(box.path());
      };
    }

    private void commit(List<Edit<?>> edits) {
      at += random.nextInt(40) == 0 ? 86_400_000L : random.nextInt(5000);
      Draft draft = new Draft(last(), at);
      for (Edit<?> edit : edits) {
        UserState before = draft.state();
        try {
          draft.apply(edit);
        } catch (Refused refused) {
          assertThat(draft.state().sameAs(before)).as("a refused edit changes nothing").isTrue();
        }
      }
      if (draft.isEmpty()) {
        return;
      }
      JournalEntry entry = draft.entry(ORIGIN);
      entries.add(entry);
      entry.changes().forEach(change -> expect(change, entry.seq()));
      UserState after = Fold.fold(last(), entry);
      assertThat(after.sameAs(draft.state())).as("writer and reader agree").isTrue();
      states.add(after);
    }

    private void gone(MailboxId mailbox, int uid, Row row) {
      expunged.computeIfAbsent(mailbox, m -> new TreeMap<>()).put(uid, new Gone(row, at));
    }

    private void expect(Change change, long seq) {
      switch (change) {
        case Change.MailboxCreated c -> expected.put(c.mailbox(), new TreeMap<>());
        case Change.MailboxDeleted c ->
            expected.remove(c.mailbox()).forEach((uid, row) -> gone(c.mailbox(), uid, row));
        case Change.Added c -> {
          TreeMap<Integer, Row> rows = expected.get(c.mailbox());
          for (Placement p : c.messages()) {
            assertThat(rows.isEmpty() || rows.lastKey() < p.uid()).isTrue();
            rows.put(p.uid(), new Row(p.content(), p.flags(), seq, p.size()));
          }
        }
        case Change.FlagsChanged c ->
            c.uids().stream()
                .forEach(uid ->
                    expected
                        .get(c.mailbox())
                        .computeIfPresent(
                            uid,
                            (u, row) ->
                                new Row(
                                    row.content(),
                                    c.operation().apply(row.flags(), c.flags()),
                                    seq,
                                    row.size())));
        case Change.Expunged c ->
            c.uids().stream()
                .forEach(uid ->
                    gone(
                        c.mailbox(),
                        uid,
                        java.util.Objects.requireNonNull(expected.get(c.mailbox()).remove(uid))));
        case Change.Forgotten c -> {
          TreeMap<Integer, Gone> kept = expunged.computeIfAbsent(c.mailbox(), m -> new TreeMap<>());
          c.uids().stream().forEach(uid -> assertThat(kept.remove(uid)).isNotNull());
          assertThat(c.oldestLeft())
              .isEqualTo(kept.values().stream().mapToLong(Gone::when).min().orElse(0));
        }
        case Change.MailboxRenamed c -> {}
        case Change.Repaired c -> {}
        case Change.Subscribed c -> {}
        case Change.QuotaChanged c -> {}
        case Change.Delivered c -> {}
        case Change.Closed c -> {}
      }
    }
  }

  @Property(tries = 60)
  void expungedMessagesAreKeptUntilTheyAreForgotten(@ForAll long seed) {
    History history = new History(seed, 60);
    UserState state = history.last();
    List<ContentId> all = new ArrayList<>();
    for (MailboxState box : state.mailboxesAndTombstones()) {
      TreeMap<Integer, Gone> expected = history.expunged.getOrDefault(box.id(), new TreeMap<>());
      TreeMap<Integer, Gone> kept = new TreeMap<>();
      for (ExpungedRow gone : box.expunged()) {
        Placement p = gone.row();
        assertThat(
                kept.put(
                    p.uid(),
                    new Gone(new Row(p.content(), p.flags(), p.modSeq(), p.size()), gone.when())))
            .isNull();
        assertThat(p.modSeq()).isLessThanOrEqualTo(gone.seq());
        assertThat(gone.seq()).isLessThanOrEqualTo(box.modSeq());
        all.add(p.content());
      }
      assertThat(kept).isEqualTo(expected);
      if (!kept.isEmpty()) {
        assertThat(box.oldestExpunged())
            .isPositive()
            .isLessThanOrEqualTo(kept.values().stream().mapToLong(Gone::when).min().orElse(0));
      }
      if (!box.deleted()) {
        assertThat(box.messages().expunged(UidSet.range(1, Integer.MAX_VALUE)))
            .hasSameSizeAs(kept.keySet());
        assertThat(box.messages().uids().stream().filter(kept::containsKey)).isEmpty();
      }
    }
    ContentPlaces places = ContentPlaces.of(state, all);
    for (ContentId content : all) {
      Set<ContentPlaces.Place> expected = new HashSet<>();
      history.expected.forEach((id, rows) ->
          rows.forEach((uid, row) -> {
            if (row.content().equals(content)) {
              expected.add(new ContentPlaces.Place(id, uid, 0));
            }
          }));
      history.expunged.forEach((id, rows) ->
          rows.forEach((uid, gone) -> {
            if (gone.row().content().equals(content)) {
              expected.add(new ContentPlaces.Place(id, uid, gone.when()));
            }
          }));
      assertThat(Set.copyOf(places.of(content))).isEqualTo(expected);
    }
  }

  @Property(tries = 60)
  void aStateHoldsWhatTheHistorySaysAndItsFiguresAreExact(@ForAll long seed) {
    History history = new History(seed, 60);
    UserState state = history.last();
    Set<Integer> validities = new HashSet<>();
    long octets = 0;
    assertThat(state.mailboxes()).hasSameSizeAs(history.expected.keySet());
    for (MailboxState box : state.mailboxes()) {
      TreeMap<Integer, Row> rows = history.expected.get(box.id());
      assertThat(validities.add(box.uidValidity())).isTrue();
      assertThat(box.messages().uids().stream().boxed()).containsExactlyElementsOf(rows.keySet());
      int index = 0;
      long size = 0;
      int unseen = 0;
      int deleted = 0;
      for (Map.Entry<Integer, Row> e : rows.entrySet()) {
        Placement p = box.messages().at(index);
        assertThat(box.messages().indexOf(e.getKey())).isEqualTo(index++);
        assertThat(new Row(p.content(), p.flags(), p.modSeq(), p.size())).isEqualTo(e.getValue());
        assertThat(p.modSeq()).isLessThanOrEqualTo(box.modSeq());
        size += p.size();
        unseen += p.flags().seen() ? 0 : 1;
        deleted += p.flags().deleted() ? 1 : 0;
      }
      Counters counters = box.counters();
      assertThat(counters)
          .isEqualTo(
              new Counters(
                  counters.uidNext(), rows.size(), unseen, deleted, size, counters.checksum()))
          .isEqualTo(Counters.of(box.messages(), counters.uidNext()));
      assertThat(Counters.of(box.messages(), 1).uidNext()).isLessThanOrEqualTo(counters.uidNext());
      assertThat(counters.uidNext()).isGreaterThan(box.messages().maxUid());
      octets += size;
    }
    assertThat(state.root().quotaUsed()).isEqualTo(octets);
  }

  @Property(tries = 60)
  void checkpointsOfMixedAgeAndTheTailMakeTheSameState(@ForAll long seed) {
    History history = new History(seed, 50);
    Random random = new Random(~seed);
    int n = history.states.size();
    int mark = random.nextInt(n);
    UserState root = history.states.get(mark + random.nextInt(n - mark));
    Map<MailboxId, MailboxState> boxes = new HashMap<>();
    List<DeliveryKeys.Chunk> chunks = new ArrayList<>();
    // every document is of some state at or above the mark, each of its own
    for (int i = n - 1; i >= mark; i--) {
      for (MailboxState box : history.states.get(i).mailboxesAndTombstones()) {
        if (!boxes.containsKey(box.id()) && (i == mark || random.nextInt(4) == 0)) {
          boxes.put(box.id(), mixed(history, box, mark, random));
        }
      }
      for (DeliveryKeys.Chunk chunk : history.states.get(i).deliveryKeys().chunks()) {
        if (chunks.stream().noneMatch(c -> c.number() == chunk.number())
            && (i == mark || random.nextInt(4) == 0)) {
          chunks.add(chunk);
        }
      }
    }
    UserState state =
        UserState.ofCheckpoints(history.user, mark, root.root(), boxes.values(), chunks);
    UserState bare = state;
    for (MailboxState box : state.mailboxesAndTombstones()) {
      bare = bare.withPlacements(box.id(), null);
    }
    for (JournalEntry entry : history.entries.subList(mark, n - 1)) {
      state = Fold.fold(state, entry);
      bare = Fold.fold(bare, entry);
    }
    assertThat(state.sameAs(history.last())).isTrue();
    assertThat(bare.sameAs(history.last())).as("without placements too").isTrue();
  }

  /** That mailbox with each of its segments as of some state at or above the mark. */
  private static MailboxState mixed(History history, MailboxState box, int mark, Random random) {
    Map<Integer, PlacementSegment> segments = new HashMap<>();
    for (int i = history.states.size() - 1; i >= mark; i--) {
      MailboxState then = history.states.get(i).mailboxOrTombstone(box.id()).orElse(null);
      if (then != null) {
        for (PlacementSegment segment : then.messages().segments()) {
          if (i == mark || random.nextInt(3) == 0) {
            segments.putIfAbsent(segment.number(), segment);
          }
        }
      }
    }
    return box.withPlacements(Placements.of(List.copyOf(segments.values())));
  }

  @org.junit.jupiter.api.Test
  void aNameThatIsOnlyALevelAboveOthersCanBeRenamed() {
    Draft draft = new Draft(UserState.empty(UserId.random()), 1_700_000_000_000L);
    draft.apply(new OpenAccount(Map.of(), 0));
    draft.apply(new CreateMailbox(new MailboxPath("a/b"), Set.of(), 50));
    draft.apply(new DeleteMailbox(new MailboxPath("a")));
    draft.apply(new RenameMailbox(new MailboxPath("a"), new MailboxPath("c"), 50));
    assertThat(draft.state().mailboxes())
        .extracting(box -> box.path().value())
        .containsExactly("INBOX", "c/b");
    assertThatThrownBy(
            () -> draft.apply(new RenameMailbox(new MailboxPath("a"), new MailboxPath("d"), 50)))
        .isInstanceOf(Refused.class);
  }

  @Property(tries = 20)
  void anEntryThatDoesNotFollowIsRefused(@ForAll long seed) {
    History history = new History(seed, 5);
    JournalEntry last = history.entries.get(history.entries.size() - 1);
    assertThatThrownBy(() -> Fold.fold(history.last(), last))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Fold.fold(UserState.empty(UserId.random()), history.entries.get(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
