package net.mailagent.model.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import org.junit.jupiter.api.Test;

/** An entry that changes nothing is one all the same. */
class FenceTest {
  private static final long AT = 1_700_000_000_000L;

  private UserState state = UserState.empty(UserId.random());

  private <R> R commit(Edit<R> edit) {
    Draft draft = new Draft(state, AT);
    R result = draft.apply(edit);
    if (!draft.isEmpty()) {
      state = Fold.fold(state, draft.entry(new Origin("test", "", "")));
    }
    return result;
  }

  @Test
  void takesAPlaceAndChangesNoMessage() {
    commit(new OpenAccount(Map.of(), 1000));
    ContentId content = ContentId.at(AT / 1000);
    AddMessages.Message message = new AddMessages.Message(content, Flags.NONE, 1, 10);
    commit(new AddMessages(null, List.of(message, message), null));
    MailboxState inbox = state.mailbox(MailboxPath.INBOX).orElseThrow();
    commit(new ExpungeMessages(inbox.id(), Optional.empty())); // nothing is \Deleted
    UserState before = state;
    assertThat(commit(new Fence())).isTrue();
    assertThat(state.seq()).isEqualTo(before.seq() + 1);
    assertThat(state.root().quotaUsed()).isEqualTo(20);
    MailboxState after = state.mailbox(MailboxPath.INBOX).orElseThrow();
    assertThat(after.counters()).isEqualTo(inbox.counters());
    assertThat(after.oldestExpunged()).isEqualTo(inbox.oldestExpunged());
    assertThat(after.messages().rows(after.messages().uids()))
        .isEqualTo(inbox.messages().rows(inbox.messages().uids()));
  }

  /** Their documents go with the entries that made them: who loads the user then does not know. */
  @Test
  void namesNoTombstone() {
    commit(new OpenAccount(Map.of(), 1000));
    for (int n = 0; n < 30; n++) {
      MailboxPath path = new MailboxPath("old" + n);
      commit(new CreateMailbox(path, Set.of(), 100));
      MailboxId id = state.mailbox(path).orElseThrow().id();
      commit(new DeleteMailbox(path));
      Draft draft = new Draft(state, AT);
      draft.change(new Change.Forgotten(id, UidSet.EMPTY, 0));
      state = Fold.fold(state, draft.entry(new Origin("test", "", "")));
      assertThat(state.mailboxOrTombstone(id).orElseThrow().forgotten()).isTrue();
    }
    Draft draft = new Draft(state, AT);
    assertThat(draft.apply(new Fence())).isTrue();
    JournalEntry fence = draft.entry(new Origin("test", "", ""));
    Change.Forgotten named = (Change.Forgotten) fence.changes().getFirst();
    assertThat(named.mailbox()).isEqualTo(state.mailbox(MailboxPath.INBOX).orElseThrow().id());
    assertThat(Fold.fold(state, fence).sameAs(draft.state())).isTrue();
  }

  /** As fences did once: such entries stay readable when the tombstone is gone. */
  @Test
  void oneThatNamesWhatIsGoneIsPassedOver() {
    commit(new OpenAccount(Map.of(), 1000));
    Draft draft = new Draft(state, AT);
    draft.change(new Change.Forgotten(MailboxId.random(), UidSet.EMPTY, 0));
    UserState after = Fold.fold(state, draft.entry(new Origin("test", "", "")));
    assertThat(after.seq()).isEqualTo(state.seq() + 1);
    assertThat(after.mailboxesAndTombstones()).hasSameSizeAs(state.mailboxesAndTombstones());
  }

  @Test
  void whoHasNoMailboxNeedsNone() {
    assertThat(commit(new Fence())).isFalse();
    assertThat(state.seq()).isZero();
  }
}
