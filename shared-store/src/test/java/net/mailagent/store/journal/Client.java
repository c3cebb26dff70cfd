package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import net.mailagent.history.Event;
import net.mailagent.history.Outcome;
import net.mailagent.history.Position;
import net.mailagent.history.Span;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.RenameMailbox;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import org.jspecify.annotations.Nullable;

/**
 * Who asks one node for things and writes down what he is told. On the actor's thread, while all
 * others stand still.
 */
final class Client {
  private static final int MOST = 9;

  private final Interleaving all;
  private final Actor actor;
  private final List<MailboxId> mailboxes; // INBOX, A, B
  private final Map<MailboxId, Long> lastSeen = new HashMap<>();
  private @Nullable Node listening;
  private volatile boolean woken;
  private boolean caughtUp;
  private long watched;
  private String failure = "";
  private Position cursor = new Position(0, Integer.MAX_VALUE);

  Client(Interleaving all, Actor actor, List<MailboxId> mailboxes) {
    this.all = all;
    this.actor = actor;
    this.mailboxes = mailboxes;
  }

  /** Up to which entry he has seen the mail by being woken. */
  long watchedUpTo() {
    return watched;
  }

  void perform(Request request) {
    listen();
    Step.Op op = request.op;
    MailboxId from = mailboxes.get(op.a() % mailboxes.size());
    MailboxId to = mailboxes.get((op.a() + 1 + op.b() % 2) % mailboxes.size());
    Set<Integer> uids = new TreeSet<>();
    for (int uid = 1 + op.b() % 5; uid <= 2 + op.b() % 11; uid++) {
      uids.add(uid);
    }
    switch (op.what()) {
      case DELIVER -> deliver(request);
      case DELIVER_TWO -> deliverTwo(request);
      case APPEND -> append(request, from);
      case FLAG -> flag(request, from, uids, true, Long.MAX_VALUE);
      case UNFLAG -> flag(request, from, uids, false, Long.MAX_VALUE);
      case FLAG_IF -> flag(request, from, uids, true, lastSeen.getOrDefault(from, 4L));
      case COPY -> copy(request, from, uids, to, false);
      case MOVE -> copy(request, from, uids, to, true);
      case EXPUNGE -> expunge(request, from, uids);
      case CREATE, RENAME, DELETE -> mailbox(request);
      case VIEW -> quietly(this::view);
      case FOLLOW -> quietly(this::follow);
      case WATCH -> quietly(this::watch);
      case TICK -> quietly(this::tick);
      case FORGET -> actor.node().journals.forget(all.user);
      case CHECKPOINT -> quietly(() -> actor.node().checkpoints.write(all.user));
      case TRIM ->
          quietly(() -> {
            long cutoff = all.wallMillis() - all.day().toMillis();
            all.trimmed(actor.node().trimming.trim(all.user, cutoff));
          });
    }
  }

  private void quietly(Runnable what) {
    try {
      failure = "";
      what.run();
    } catch (StoreUnavailable e) {
      failure = e.toString(); // nothing is learnt
    }
  }

  /** Why he could not look the last time, empty if he could. */
  String failure() {
    return failure;
  }

  /** Asks, and whatever happens writes down the event that follows. */
  private <R> void ask(
      Request request,
      Edit<R> edit,
      Function<Mailboxes.Committed<R>, String> answer,
      Recorded<R> event) {
    Origin origin = new Origin("test", request.id, "");
    try {
      Mailboxes.Committed<R> committed = actor.node().journals.commit(all.user, origin, edit);
      String told = answer.apply(committed);
      request.answered(Outcome.ACKNOWLEDGED, told);
      boolean changed = !told.equals(Request.NOTHING);
      if (changed || edit instanceof AddMessages || !all.isMisled(actor)) {
        event.record(span(request), Outcome.ACKNOWLEDGED, committed);
      } // else nothing was to be done some time ago, which says nothing of now
    } catch (Refused e) {
      request.answered(Outcome.REFUSED, e.getMessage());
      event.record(span(request), Outcome.REFUSED, null);
    } catch (StoreUnavailable e) {
      request.answered(Outcome.UNKNOWN, e.getMessage());
      event.record(span(request), Outcome.UNKNOWN, null);
    } catch (CrashPoint.Died e) {
      event.record(span(request), Outcome.UNKNOWN, null);
      throw e;
    }
  }

  /** Writes an event down; with what was committed when it was acknowledged. */
  private interface Recorded<R> {
    void record(Span span, Outcome outcome, Mailboxes.Committed<R> committed);
  }

  private Span span(Request request) {
    return new Span(actor.name, request.begin, all.now());
  }

  private static Set<Integer> set(UidSet uids) {
    Set<Integer> set = new TreeSet<>();
    uids.stream().forEach(set::add);
    return set;
  }

  private static UidSet uidSet(Set<Integer> uids) {
    return UidSet.of(uids.stream().mapToInt(uid -> uid).toArray());
  }

  private static String orNothing(Set<Integer> uids) {
    return uids.isEmpty() ? Request.NOTHING : uids.toString();
  }

  // ---- messages

  private AddMessages delivery(int key) {
    ContentId content = all.content(all.user + " key " + key);
    return new AddMessages(
        null, List.of(new AddMessages.Message(content, Flags.NONE, 1, 10)), "key " + key);
  }

  private static Set<Integer> deliver(MailModel model, AddMessages add, JournalEntry entry) {
    Mail.Letter letter = new Mail.Letter(add.messages().getFirst().content().hex(), Set.of(), 10);
    return model.added(model.inbox(), List.of(letter), add.key(), entry.seq());
  }

  private void deliver(Request request) {
    AddMessages add = delivery(request.op.b());
    request.does((model, entry) -> deliver(model, add, entry).toString());
    ask(
        request,
        add,
        told -> told.result().repeated() ? Request.NOTHING : set(told.result().uids()).toString(),
        (span, outcome, told) -> delivered(span, add, outcome));
  }

  private void delivered(Span span, AddMessages add, Outcome outcome) {
    String identity = all.identity(add.messages().getFirst().content());
    all.recording.add(new Event.Delivery(span, identity, identity, outcome));
  }

  /** Two deliveries that wait at the same time, and may become one entry. */
  private void deliverTwo(Request request) {
    List<AddMessages> adds = List.of(delivery(request.op.a()), delivery(request.op.b() + 31));
    request.does((model, entry) -> {
      // which of them are new, the entry says; that none is there twice, the model knows
      Set<Integer> uids = new TreeSet<>();
      String changes = entry.changes().toString();
      for (AddMessages add : adds) {
        if (changes.contains(add.messages().getFirst().content().toString())) {
          uids.addAll(deliver(model, add, entry));
        }
      }
      return uids.toString();
    });
    List<Outcome> outcomes = new ArrayList<>(List.of(Outcome.UNKNOWN, Outcome.UNKNOWN));
    try {
      Set<Integer> uids = new TreeSet<>();
      var told =
          actor
              .node()
              .journals
              .commitEach(
                  new Origin("test", request.id, ""),
                  adds.stream().map(add -> new UserEdit<>(all.user, add)).toList());
      for (int i = 0; i < 2; i++) {
        if (told.get(i)
            instanceof net.mailagent.store.journal.Outcome.Done<AddMessages.Result> done) {
          outcomes.set(i, Outcome.ACKNOWLEDGED);
          uids.addAll(set(done.committed().result().uids()));
        }
      }
      if (!outcomes.contains(Outcome.UNKNOWN)) {
        request.answered(Outcome.ACKNOWLEDGED, orNothing(uids));
      }
    } finally {
      for (int i = 0; i < 2; i++) {
        delivered(span(request), adds.get(i), outcomes.get(i));
      }
    }
  }

  private void append(Request request, MailboxId mailbox) {
    ContentId content = all.content(request.id);
    String box = mailbox.hex();
    Mail.Letter letter = new Mail.Letter(content.hex(), Set.of("\\Draft"), 7);
    request.does((model, entry) -> model.added(box, List.of(letter), null, entry.seq()).toString());
    ask(
        request,
        new AddMessages(
            mailbox, List.of(new AddMessages.Message(content, Flags.of("\\Draft"), 1, 7)), null),
        told -> set(told.result().uids()).toString(),
        (span, outcome, told) ->
            all.recording.add(
                new Event.Append(
                    span,
                    box,
                    request.id,
                    told == null ? 0 : told.result().uids().min(),
                    outcome)));
  }

  private void flag(
      Request request, MailboxId mailbox, Set<Integer> uids, boolean set, long unchangedSince) {
    String flag = request.op.a() % 2 == 0 ? "\\Deleted" : "$" + request.op.b() % 3;
    String box = mailbox.hex();
    boolean conditional = unchangedSince < Long.MAX_VALUE;
    request.does(
        (model, entry) -> model.flagged(box, uids, flag, set, unchangedSince, entry.seq()));
    ask(
        request,
        new StoreFlags(
            mailbox,
            uidSet(uids),
            set ? FlagOperation.ADD : FlagOperation.REMOVE,
            Flags.of(flag),
            conditional ? OptionalLong.of(unchangedSince) : OptionalLong.empty()),
        told ->
            told.result().changed().isEmpty()
                ? Request.NOTHING
                : set(told.result().changed()) + " not " + set(told.result().modified()),
        (span, outcome, told) -> {
          Map<Integer, Long> changed = new HashMap<>();
          Set<Integer> modified = new TreeSet<>();
          if (told != null) {
            set(told.result().changed()).forEach(uid -> changed.put(uid, told.seq()));
            modified.addAll(set(told.result().modified()));
          }
          all.recording.add(
              new Event.Store(
                  span,
                  box,
                  uids,
                  set ? Event.Operation.ADD : Event.Operation.REMOVE,
                  Set.of(flag),
                  conditional ? unchangedSince : -1,
                  changed,
                  modified,
                  outcome));
        });
  }

  private void copy(
      Request request, MailboxId from, Set<Integer> uids, MailboxId to, boolean move) {
    request.does((model, entry) -> model.copied(from.hex(), uids, to.hex(), move, entry.seq()));
    ask(
        request,
        new CopyMessages(from, uidSet(uids), to, move),
        told ->
            told.result().source().isEmpty()
                ? Request.NOTHING
                : set(told.result().source()) + " to " + set(told.result().destination()),
        (span, outcome, told) -> {
          Map<Integer, Integer> placed = new HashMap<>();
          if (told != null) {
            UidSet source = told.result().source();
            for (int i = 0; i < source.size(); i++) {
              placed.put(source.at(i), told.result().destination().at(i));
            }
          }
          all.recording.add(
              new Event.Copy(span, from.hex(), uids, to.hex(), placed, move, outcome));
        });
  }

  private void expunge(Request request, MailboxId mailbox, Set<Integer> among) {
    request.does((model, entry) -> model.expunged(mailbox.hex(), among).toString());
    ask(
        request,
        new ExpungeMessages(mailbox, Optional.of(uidSet(among))),
        told -> orNothing(set(told.result())),
        (span, outcome, told) ->
            all.recording.add(
                new Event.Removal(
                    span, mailbox.hex(), told == null ? among : set(told.result()), outcome)));
  }

  // ---- mailboxes that come and go; no mail is put there

  private void mailbox(Request request) {
    MailboxPath path = new MailboxPath("c" + request.op.a() % 3);
    MailboxPath other = new MailboxPath("c" + request.op.b() % 3);
    switch (request.op.what()) {
      case CREATE -> {
        request.does((model, entry) -> {
          Request.learn(entry, model);
          return "made";
        });
        ask(request, new CreateMailbox(path, Set.of(), MOST), told -> "made", (s, o, t) -> {});
      }
      case RENAME -> {
        request.does((model, entry) -> {
          model.renamed(path.value(), other.value());
          return "renamed";
        });
        ask(request, new RenameMailbox(path, other, MOST), told -> "renamed", (s, o, t) -> {});
      }
      default -> {
        request.does((model, entry) -> model.deleted(path.value()));
        ask(request, new DeleteMailbox(path), told -> told.result().hex(), (s, o, t) -> {});
      }
    }
  }

  // ---- looking

  private void view() {
    long begin = all.now();
    var state = actor.node().everything(all.user);
    state.mailboxes().forEach(mailbox -> lastSeen.put(mailbox.id(), mailbox.modSeq()));
    if (all.isMisled(actor)) {
      all.watched(state); // right, if not recent
    } else {
      all.shown(new Span(actor.name, begin, all.now()), state);
    }
  }

  /** Subscribes first, then catches up; again when the node was started again. */
  private void listen() {
    Node node = actor.node();
    if (!node.equals(listening)) {
      listening = node;
      woken = true;
      caughtUp = false;
      node.journals.subscribe(all.user, () -> woken = true);
    }
  }

  /** What a session in IDLE does when it was woken. */
  private void watch() {
    if (woken) {
      woken = false;
      Journals journals = actor.node().journals;
      Set<MailboxId> wanted = Set.copyOf(mailboxes);
      UserState state;
      try {
        state = caughtUp ? journals.latest(all.user, wanted) : journals.current(all.user, wanted);
      } catch (StoreUnavailable e) {
        woken = true; // nobody wakes him again for what he was woken for: he tries again
        caughtUp = false;
        throw e;
      }
      caughtUp = true;
      assertThat(state.seq()).as("what was woken for").isGreaterThanOrEqualTo(watched);
      watched = state.seq();
      all.watched(state);
    }
  }

  /** What the slow timer does for this user. */
  private void tick() {
    actor.node().catchUps.round();
  }

  /** Reads on in the stream, from where he is. */
  private void follow() {
    long begin = all.now();
    try {
      List<JournalEntry> entries = actor.node().journals.since(all.user, cursor.seq(), 1000);
      List<Event.Change> changes = new ArrayList<>();
      entries.forEach(entry -> changes.addAll(Interleaving.changes(entry)));
      all.recording.add(
          new Event.Followed(
              new Span(actor.name, begin, all.now()), all.user.hex(), cursor, changes));
      if (!entries.isEmpty()) {
        cursor = new Position(entries.getLast().seq(), Integer.MAX_VALUE);
      }
    } catch (Changes.Trimmed e) {
      cursor = new Position(actor.node().journals.current(all.user).seq(), Integer.MAX_VALUE);
    }
  }
}
