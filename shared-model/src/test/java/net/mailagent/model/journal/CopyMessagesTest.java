package net.mailagent.model.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What COPY and MOVE do about messages that others expunged. */
class CopyMessagesTest {
  private UserState state = UserState.empty(UserId.random());

  private <R> R commit(Edit<R> edit) {
    Draft draft = new Draft(state, System.currentTimeMillis());
    R result = draft.apply(edit);
    if (!draft.isEmpty()) {
      state = Fold.fold(state, draft.entry(new Origin("test", "", "")));
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allAreTakenOrNoneWhenAllAreAskedFor(boolean move) {
    commit(new OpenAccount(Map.of(), 0));
    MailboxId work = commit(new CreateMailbox(new MailboxPath("Work"), Set.of(), 10));
    MailboxId inbox = state.mailbox(MailboxPath.INBOX).orElseThrow().id();
    List<AddMessages.Message> messages = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      messages.add(new AddMessages.Message(ContentId.random(), Flags.NONE, 77, 100));
    }
    commit(new AddMessages(inbox, messages, null));
    commit(
        new StoreFlags(
            inbox, UidSet.of(2), FlagOperation.ADD, Flags.of("\\Deleted"), OptionalLong.empty()));
    commit(new ExpungeMessages(inbox, Optional.empty()));

    UserState before = state;
    assertThatThrownBy(() -> commit(new CopyMessages(inbox, UidSet.range(1, 3), work, move, true)))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.MessageGone.class));
    assertThat(state).isSameAs(before);
    assertThat(commit(new CopyMessages(inbox, UidSet.of(1), work, move, true)).source())
        .isEqualTo(UidSet.of(1));
    assertThat(commit(new CopyMessages(inbox, UidSet.range(2, 9), work, move)).source())
        .isEqualTo(UidSet.of(3));
    assertThat(state.mailbox(work).orElseThrow().messages().size()).isEqualTo(2);
  }
}
