package net.mailagent.model.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import org.junit.jupiter.api.Test;

/** Bringing expunged messages back, and what may not come back. */
class RestoreMessagesTest {
  private static final long DAY = 86_400_000;
  private static final MailboxPath WORK = new MailboxPath("Work");

  private UserState state = UserState.empty(UserId.random());
  private long at = System.currentTimeMillis();

  RestoreMessagesTest() {
    commit(new OpenAccount(Map.of(), 1000));
    commit(new CreateMailbox(WORK, Set.of(), 10));
  }

  private <R> R commit(Edit<R> edit) {
    Draft draft = new Draft(state, at);
    R result = draft.apply(edit);
    if (!draft.isEmpty()) {
      state = Fold.fold(state, draft.entry(new Origin("test", "", "")));
    }
    return result;
  }

  private MailboxId id(MailboxPath path) {
    return state.mailbox(path).orElseThrow().id();
  }

  private ContentId add(MailboxPath path, int size, String... flags) {
    ContentId content = ContentId.at(at / 1000);
    commit(
        new AddMessages(
            id(path), List.of(new AddMessages.Message(content, Flags.of(flags), 77, size)), null));
    return content;
  }

  private void expunge(MailboxPath path) {
    commit(new ExpungeMessages(id(path), Optional.empty()));
  }

  @Test
  void aMessageComesBackOnceWithANewUidAndItsFlags() {
    ContentId content = add(WORK, 100, "\\Deleted", "\\Seen", "$Work");
    MailboxId work = id(WORK);
    expunge(WORK);
    assertThat(state.root().quotaUsed()).isZero();
    RestoreMessages restore = new RestoreMessages(work, UidSet.of(1, 2), work, DAY);
    RestoreMessages.Result result = commit(restore);
    assertThat(result.source()).isEqualTo(UidSet.of(1));
    assertThat(result.destination()).isEqualTo(UidSet.of(2));
    assertThat(result.missing()).isEqualTo(UidSet.of(2));
    Placement back = state.mailbox(WORK).orElseThrow().messages().byUid(2);
    assertThat(back).isNotNull();
    assertThat(back.content()).isEqualTo(content);
    assertThat(back.flags()).isEqualTo(Flags.of("\\Seen", "$Work"));
    assertThat(back.internalDate()).isEqualTo(77);
    assertThat(state.root().quotaUsed()).isEqualTo(100);
    assertThat(state.mailbox(WORK).orElseThrow().expunged()).isEmpty();
    assertThat(state.mailbox(WORK).orElseThrow().oldestExpunged()).isZero();
    assertThatThrownBy(() -> commit(restore))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.MessageGone.class));
  }

  @Test
  void messagesOfADeletedMailboxComeBackToInbox() {
    add(WORK, 10);
    add(WORK, 20, "\\Deleted");
    MailboxId work = id(WORK);
    expunge(WORK);
    at += 1000;
    commit(new DeleteMailbox(WORK));
    RestoreMessages.Result result = commit(new RestoreMessages(work, UidSet.of(1, 2), null, DAY));
    assertThat(result.mailbox()).isEqualTo(id(MailboxPath.INBOX));
    assertThat(result.destination()).isEqualTo(UidSet.of(1, 2));
    assertThat(state.root().quotaUsed()).isEqualTo(30);
    MailboxState tombstone = state.mailboxOrTombstone(work).orElseThrow();
    assertThat(tombstone.expunged()).isEmpty();
    assertThat(tombstone.oldestExpunged()).isZero();
  }

  @Test
  void whatIsTooOldStaysGoneAndTheQuotaIsKept() {
    add(WORK, 400, "\\Deleted");
    expunge(WORK);
    at += DAY;
    add(WORK, 400, "\\Deleted");
    expunge(WORK);
    at += 1;
    assertThat(commit(new RestoreMessages(id(WORK), UidSet.of(1, 2), null, DAY)).missing())
        .as("the first was expunged more than a day ago")
        .isEqualTo(UidSet.of(1));
    add(WORK, 400, "\\Deleted");
    expunge(WORK);
    add(WORK, 400);
    assertThatThrownBy(() -> commit(new RestoreMessages(id(WORK), UidSet.of(3), null, DAY)))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.OverQuota.class));
    assertThat(state.mailbox(WORK).orElseThrow().expunged()).hasSize(2);
  }

  @Test
  void aContentThatWasWrittenLongAgoIsNotPlaced() {
    ContentId old = ContentId.at(at / 1000 - 3700);
    assertThatThrownBy(() ->
            commit(
                new AddMessages(
                    null, List.of(new AddMessages.Message(old, Flags.NONE, 1, 1)), null)))
        .isInstanceOf(StoreUnavailable.class);
  }
}
