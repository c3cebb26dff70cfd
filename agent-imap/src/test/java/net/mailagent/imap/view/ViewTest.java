package net.mailagent.imap.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.imap.response.Response;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random changes, told at random moments with EXPUNGE allowed or not: a client that only knows what
 * it was told never sees an illegal reply and ends up with what the journal says.
 */
class ViewTest {
  /** What a client makes of untagged replies, strictly. */
  private static final class Client {
    /** A message as the client knows it; flags are null until it has asked. */
    private static final class Message {
      final int uid;
      Set<String> flags;

      Message(int uid, Flags flags) {
        this.uid = uid;
        this.flags = new HashSet<>(flags.names());
      }
    }

    private final List<Message> messages = new ArrayList<>();
    private final Set<String> keywords = new HashSet<>();
    private int untold; // EXISTS has announced messages that were not asked for yet
    private boolean expungeAllowed;
    private boolean first = true;

    void accept(Response response) {
      switch (response) {
        case Response.Exists exists -> {
          if (!first) {
            assertThat(exists.messages()).as("a redundant EXISTS").isGreaterThan(count());
          }
          untold = exists.messages() - messages.size();
        }
        case Response.Expunged gone -> {
          assertThat(expungeAllowed).as("EXPUNGE now").isTrue();
          assertThat(gone.number()).isBetween(1, count());
          assertThat(untold).as("EXPUNGE behind EXISTS").isZero();
          messages.remove(gone.number() - 1);
        }
        case Response.Flagged flagged -> {
          assertThat(flagged.number()).isBetween(1, count());
          Flags flags = flagged.flags().orElseThrow();
          flags
              .keywords()
              .forEach(k ->
                  assertThat(keywords).as("FLAGS names it").contains(k.toLowerCase(Locale.ROOT)));
          if (flagged.number() <= messages.size()) {
            Message message = messages.get(flagged.number() - 1);
            assertThat(message.uid).isEqualTo(flagged.uid());
            message.flags = new HashSet<>(flags.names());
          }
        }
        case Response.Applicable applicable -> {
          for (String name : applicable.flags().split(" ")) {
            keywords.add(name.toLowerCase(Locale.ROOT));
          }
        }
        case Response.Told told -> assertThat(first).isTrue();
        case Response.Recent recent -> assertThat(first).isTrue();
        case Response.Listed r -> throw new AssertionError(r);
        case Response.Root r -> throw new AssertionError(r);
        case Response.Figures r -> throw new AssertionError(r);
        case Response.Found r -> throw new AssertionError(r);
        case Response.Capabilities r -> throw new AssertionError(r);
        case Response.Enabled r -> throw new AssertionError(r);
        case Response.Namespaces r -> throw new AssertionError(r);
        case Response.Identity r -> throw new AssertionError(r);
      }
    }

    int count() {
      return messages.size() + untold;
    }

    /** Asks for what was announced, as every client does after EXISTS. */
    void ask(SelectedMailbox view) {
      UidSet told = view.told();
      assertThat(told.size()).isEqualTo(count());
      UidSet fresh =
          untold == 0
              ? UidSet.EMPTY
              : UidSet.range(told.at(messages.size()), told.max()).intersect(told);
      view.eachRow(fresh, row -> messages.add(new Message(row.uid(), row.flags())));
      untold = 0;
    }
  }

  private final Random random = new Random();
  private UserState state = UserState.empty(UserId.random());

  private <R> R commit(Edit<R> edit) {
    Draft draft = new Draft(state, 1_750_000_000_000L);
    R result = draft.apply(edit);
    if (!draft.isEmpty()) {
      state = Fold.fold(state, draft.entry(new Origin("test", "", "")));
    }
    return result;
  }

  private MailboxState inbox() {
    return state.mailbox(MailboxPath.INBOX).orElseThrow();
  }

  @Property(tries = 150)
  void aClientConverges(@ForAll long seed) {
    random.setSeed(seed);
    state = UserState.empty(UserId.random());
    commit(new OpenAccount(Map.of(), 0));
    add(random.nextInt(5));
    Client client = new Client();
    SelectedMailbox view = SelectedMailbox.open(inbox(), state.seq(), false, client::accept);
    client.ask(view);
    client.first = false;
    for (int step = 0; step < 60; step++) {
      change();
      if (random.nextInt(3) == 0) {
        tell(client, view, random.nextBoolean());
      }
      if (random.nextInt(15) == 0) {
        view.release();
      }
    }
    tell(client, view, true);
    List<Placement> rows = new ArrayList<>();
    view.eachRow(view.told(), rows::add);
    assertThat(client.messages).hasSize(inbox().messages().size());
    for (int i = 0; i < client.messages.size(); i++) {
      Placement row = inbox().messages().at(i);
      assertThat(client.messages.get(i).uid).isEqualTo(row.uid());
      assertThat(client.messages.get(i).flags).isEqualTo(new HashSet<>(row.flags().names()));
      assertThat(rows.get(i)).isEqualTo(row);
    }
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyKeywordsAreLearnedInNoMoreThanTheirNumber() {
    commit(new OpenAccount(Map.of(), 0));
    List<AddMessages.Message> messages = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      List<String> keywords = new ArrayList<>();
      for (int j = 0; j < 100; j++) {
        keywords.add("k" + i + "-" + j);
      }
      messages.add(new AddMessages.Message(ContentId.random(), Flags.of(keywords), 0, 100));
    }
    commit(new AddMessages(null, messages, null));
    List<Response> told = new ArrayList<>();
    SelectedMailbox.open(inbox(), state.seq(), false, told::add);
    assertThat(told.getFirst())
        .isInstanceOfSatisfying(
            Response.Applicable.class,
            flags -> assertThat(flags.flags().split(" ")).hasSize(100_000 + 5));
  }

  private void tell(Client client, SelectedMailbox view, boolean mayExpunge) {
    client.expungeAllowed = mayExpunge;
    UidSet before = view.told();
    if (random.nextBoolean()) {
      view.announceNumbers(inbox(), mayExpunge, client::accept); // in the midst of a command
    }
    view.announceNumbers(inbox(), mayExpunge, client::accept);
    view.announceFlags(inbox(), state.seq(), false, client::accept);
    client.ask(view);
    if (!mayExpunge) {
      assertThat(view.told().intersect(before)).isEqualTo(before);
      List<Integer> readable = new ArrayList<>();
      view.eachRow(before, row -> readable.add(row.uid()));
      assertThat(readable)
          .as("what is not told to be gone can be read")
          .containsExactlyElementsOf(before.stream().boxed().toList());
    }
  }

  private void change() {
    MailboxState inbox = inbox();
    UidSet some = some(inbox.messages().uids());
    switch (random.nextInt(6)) {
      case 0, 1 -> add(1 + random.nextInt(3));
      case 2, 3 ->
          commit(
              new StoreFlags(
                  inbox.id(),
                  some,
                  FlagOperation.values()[random.nextInt(3)],
                  Flags.of(List.of("\\Seen", "\\Deleted", "work", "play").get(random.nextInt(4))),
                  OptionalLong.empty()));
      case 4 -> {
        commit(
            new StoreFlags(
                inbox.id(), some, FlagOperation.ADD, Flags.of("\\Deleted"), OptionalLong.empty()));
        commit(new ExpungeMessages(inbox.id(), Optional.of(some)));
      }
      default -> {}
    }
  }

  private UidSet some(UidSet uids) {
    UidSet.Builder some = new UidSet.Builder();
    uids.stream().filter(uid -> random.nextInt(3) == 0).forEach(some::add);
    return some.build();
  }

  private void add(int count) {
    List<AddMessages.Message> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Flags flags = random.nextInt(4) == 0 ? Flags.of("k" + random.nextInt(5)) : Flags.NONE;
      messages.add(new AddMessages.Message(ContentId.random(), flags, 1_700_000_000L, 100));
    }
    commit(new AddMessages(null, messages, null));
  }
}
