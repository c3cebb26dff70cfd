package net.mailagent.model.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
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
import org.junit.jupiter.api.Test;

/** How many keywords a message may have, and what may be done to one that has more. */
class KeywordsTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private UserState state = UserState.empty(UserId.random());

  KeywordsTest() {
    commit(new OpenAccount(Map.of(), 0));
  }

  private <R> R commit(Edit<R> edit) {
    Draft draft = new Draft(state, System.currentTimeMillis());
    R result = draft.apply(edit);
    state = Fold.fold(state, draft.entry(ORIGIN));
    return result;
  }

  private MailboxId inbox() {
    return state.mailbox(MailboxPath.INBOX).orElseThrow().id();
  }

  private static Flags keywords(int count) {
    return Flags.of(IntStream.range(0, count).mapToObj(i -> "k" + i).toList());
  }

  private static AddMessages add(Flags flags) {
    return new AddMessages(
        null, List.of(new AddMessages.Message(ContentId.random(), flags, 1, 1)), null);
  }

  private StoreFlags store(FlagOperation operation, Flags flags) {
    return new StoreFlags(inbox(), UidSet.of(1), operation, flags, OptionalLong.empty());
  }

  private static void requireRefused(Runnable change) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.refusal()).isInstanceOf(Refusal.LimitReached.class));
  }

  @Test
  void noMessageGetsMoreThanItMayHave() {
    requireRefused(() -> commit(add(keywords(Flags.MAX_KEYWORDS + 1))));
    commit(add(keywords(Flags.MAX_KEYWORDS)));
    requireRefused(() -> commit(store(FlagOperation.ADD, Flags.of("one-more"))));
    requireRefused(() -> commit(store(FlagOperation.REPLACE, keywords(Flags.MAX_KEYWORDS + 1))));
    commit(store(FlagOperation.ADD, Flags.of("\\Seen", "k1")));
  }

  /** As messages were stored before that was a rule. */
  @Test
  void oneThatHasMoreIsReadMarkedAndLosesSome() {
    Placement row =
        new Placement(1, ContentId.random(), keywords(Flags.MAX_KEYWORDS + 5), 0, 1, 0, 1);
    Draft draft = new Draft(state, System.currentTimeMillis());
    draft.change(new Change.Added(inbox(), List.of(row), null, false));
    state = Fold.fold(state, draft.entry(ORIGIN));
    commit(store(FlagOperation.ADD, Flags.of("\\Seen")));
    commit(store(FlagOperation.REMOVE, Flags.of("k1")));
    requireRefused(() -> commit(store(FlagOperation.ADD, Flags.of("one-more"))));
    Placement now = state.mailbox(MailboxPath.INBOX).orElseThrow().messages().byUid(1);
    assertThat(now).isNotNull();
    assertThat(now.flags().seen()).isTrue();
    assertThat(now.flags().keywords()).hasSize(Flags.MAX_KEYWORDS + 4);
  }
}
