package net.mailagent.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.history.Event.Operation;
import net.mailagent.history.Violation.Promise;
import org.junit.jupiter.api.Test;

/** One history that keeps every promise, and for each promise histories that break it. */
class CheckerTest {
  private static final String BOX = "user/INBOX";

  private final List<Event> events = new ArrayList<>();
  private final Map<Integer, Message> there = new HashMap<>();
  private final List<Event.Change> stream = new ArrayList<>();
  private long quietSince = 1_000;
  private long highest = 100;

  private static Span at(long begin, long end) {
    return new Span("c" + begin, begin, end);
  }

  private static Span session(long when) {
    return new Span("session", when, when);
  }

  private static Message message(String identity, long modSeq, String... flags) {
    return new Message(identity, Set.of(flags), modSeq);
  }

  private void found(Promise... promises) {
    Truth truth =
        new Truth(
            quietSince,
            there.isEmpty() ? Map.of() : Map.of(BOX, new Truth.Mailbox(highest, there)),
            stream.isEmpty() ? Map.of() : Map.of("user", stream));
    List<Violation> violations = Checker.check(events, truth);
    assertThat(violations).extracting(Violation::promise).containsOnly(promises);
    if (promises.length > 0) {
      assertThatThrownBy(() -> Checker.require(events, truth)).isInstanceOf(AssertionError.class);
    }
  }

  private void view(long begin, long end, long modSeq, Object... uidsAndMessages) {
    events.add(new Event.View(at(begin, end), BOX, modSeq, messages(uidsAndMessages)));
  }

  private static Map<Integer, Message> messages(Object... uidsAndMessages) {
    Map<Integer, Message> messages = new HashMap<>();
    for (int i = 0; i < uidsAndMessages.length; i += 2) {
      messages.put((Integer) uidsAndMessages[i], (Message) uidsAndMessages[i + 1]);
    }
    return messages;
  }

  private void deliver(long begin, long end, String key, String identity, Outcome outcome) {
    events.add(new Event.Delivery(at(begin, end), key, identity, outcome));
  }

  private void store(
      long begin, long end, long unchangedSince, long modSeq, Operation operation, String flag) {
    events.add(
        new Event.Store(
            at(begin, end),
            BOX,
            Set.of(1),
            operation,
            Set.of(flag),
            unchangedSince,
            modSeq > 0 ? Map.of(1, modSeq) : Map.of(),
            modSeq < 0 ? Set.of(1) : Set.of(),
            modSeq == 0 ? Outcome.UNKNOWN : Outcome.ACKNOWLEDGED));
  }

  private void expunge(long begin, long end, Outcome outcome, Integer... uids) {
    events.add(new Event.Removal(at(begin, end), BOX, Set.of(uids), outcome));
  }

  private void follow(Position from, Position... positions) {
    events.add(
        new Event.Followed(
            at(10, 20),
            "user",
            from,
            Arrays.stream(positions).map(p -> new Event.Change(p, "change " + p)).toList()));
  }

  private static Position p(long seq, int number) {
    return new Position(seq, number);
  }

  @Test
  void aHistoryThatKeepsEveryPromise() {
    deliver(1, 5, "k1", "a", Outcome.UNKNOWN);
    deliver(6, 9, "k1", "a", Outcome.ACKNOWLEDGED);
    deliver(6, 12, "", "b", Outcome.UNKNOWN);
    deliver(6, 12, "k2", "c", Outcome.UNKNOWN);
    view(10, 11, 2, 1, message("a", 2));
    events.add(new Event.Append(at(12, 14), BOX, "d", 3, Outcome.ACKNOWLEDGED));
    store(14, 15, 2, 5, Operation.ADD, "\\Seen");
    store(14, 15, 4, -1, Operation.ADD, "$x");
    view(16, 17, 5, 1, message("a", 5, "\\Seen"), 2, message("b", 3), 3, message("d", 4));
    expunge(18, 20, Outcome.ACKNOWLEDGED, 2);
    view(19, 21, 5, 1, message("a", 5, "\\Seen"), 2, message("b", 3), 3, message("d", 4));
    events.add(
        new Event.Copy(at(22, 23), BOX, Set.of(1), BOX, Map.of(1, 4), false, Outcome.ACKNOWLEDGED));
    events.add(
        new Event.Resync(
            at(24, 25),
            BOX,
            5,
            8,
            List.of(new Event.Row(4, message("a", 8, "\\Seen"))),
            Set.of(2)));
    there.put(1, message("a", 5, "\\Seen"));
    there.put(3, message("d", 4));
    there.put(4, message("a", 8, "\\Seen"));
    highest = 8;
    events.add(new Event.Selected(session(30), BOX, 3, 5));
    events.add(new Event.Fetched(session(31), 1, 1, message("", 5, "\\Seen")));
    events.add(new Event.Fetched(session(31), 2, 2, message("", 3)));
    events.add(new Event.Fetched(session(31), 3, 3, message("", 4)));
    events.add(new Event.Exists(session(32), 4));
    events.add(new Event.Expunged(session(32), 2));
    events.add(new Event.Fetched(session(33), 3, 4, message("", 8, "\\Seen")));
    events.add(new Event.CaughtUp(session(2_000)));
    for (int seq = 1; seq < 5; seq++) {
      stream.add(new Event.Change(p(seq, 0), "change " + p(seq, 0)));
    }
    follow(p(0, 0), p(1, 0), p(2, 0), p(3, 0));
    follow(p(2, 0), p(3, 0), p(4, 0));
    found();
  }

  @Test
  void acknowledgedAndLost() {
    deliver(1, 2, "k", "a", Outcome.ACKNOWLEDGED);
    there.put(1, message("b", 2));
    found(Promise.NOT_LOST);
  }

  @Test
  void appendedAndLost() {
    events.add(new Event.Append(at(1, 2), BOX, "a", 2, Outcome.ACKNOWLEDGED));
    view(3, 4, 0, 1, message("x", 1));
    found(Promise.NOT_LOST);
  }

  @Test
  void deliveredTwiceUnderOneKey() {
    deliver(1, 2, "k", "a", Outcome.UNKNOWN);
    deliver(3, 4, "k", "a", Outcome.ACKNOWLEDGED);
    there.put(1, message("a", 2));
    there.put(2, message("a", 3));
    found(Promise.NOT_DOUBLED);
  }

  @Test
  void refusedAndThere() {
    deliver(1, 2, "k", "a", Outcome.REFUSED);
    there.put(1, message("a", 2));
    found(Promise.NOT_DOUBLED);
  }

  @Test
  void aLowerUidAppearsAfterAHigherOne() {
    view(1, 2, 0, 2, message("b", 0));
    view(3, 4, 0, 1, message("a", 0), 2, message("b", 0));
    found(Promise.ORDER);
  }

  @Test
  void aLowerUidInASnapshotTakenMeanwhileIsNoFault() {
    view(1, 4, 0, 2, message("b", 0));
    view(3, 5, 0, 1, message("a", 0), 2, message("b", 0));
    found();
  }

  @Test
  void aChangeBelowAModSeqThatWasShown() {
    view(1, 2, 7, 1, message("a", 5));
    view(3, 4, 8, 1, message("a", 6, "\\Seen"));
    found(Promise.ORDER);
  }

  @Test
  void twoDifferentViewsOfOneModSeq() {
    view(1, 9, 7, 1, message("a", 5));
    view(3, 9, 7, 1, message("a", 5), 2, message("b", 7));
    found(Promise.CONVERGENCE);
  }

  @Test
  void anExpungedUidIsSeenAgain() {
    there.put(2, message("b", 2));
    expunge(1, 2, Outcome.ACKNOWLEDGED, 1);
    view(3, 4, 0, 1, message("a", 1), 2, message("b", 2));
    found(Promise.RECENT);
  }

  @Test
  void anAcknowledgedFlagIsNotSeenYet() {
    store(1, 2, -1, 9, Operation.ADD, "\\Seen");
    view(3, 4, 0, 1, message("a", 8));
    found(Promise.RECENT);
  }

  @Test
  void highestModSeqGoesBack() {
    view(1, 2, 9, 1, message("a", 5));
    view(3, 4, 8, 1, message("a", 5));
    found(Promise.RECENT);
  }

  @Test
  void aUidMeansAnotherMessage() {
    view(1, 9, 0, 1, message("a", 0));
    view(2, 9, 0, 1, message("b", 0));
    found(Promise.UID_STANDS);
  }

  @Test
  void theStoreHoldsSomethingElse() {
    there.put(1, message("a", 5, "\\Seen"));
    view(1_001, 1_002, 0, 1, message("a", 5));
    found(Promise.CONVERGENCE);
  }

  @Test
  void existsGoesBack() {
    events.add(new Event.Selected(session(1), BOX, 3, 5));
    events.add(new Event.Exists(session(2), 2));
    found(Promise.SESSION);
  }

  @Test
  void expungeOfANumberThatIsNotThere() {
    events.add(new Event.Selected(session(1), BOX, 3, 5));
    events.add(new Event.Expunged(session(2), 4));
    found(Promise.SESSION);
  }

  @Test
  void aNumberIsAnotherUid() {
    events.add(new Event.Selected(session(1), BOX, 3, 5));
    events.add(new Event.Fetched(session(2), 1, 1, message("", 0)));
    events.add(new Event.Fetched(session(3), 1, 2, message("", 0)));
    found(Promise.SESSION);
  }

  @Test
  void aChangeIsToldAfterALaterOne() {
    events.add(new Event.Selected(session(1), BOX, 2, 5));
    events.add(new Event.Fetched(session(2), 1, 1, message("", 1)));
    events.add(new Event.Fetched(session(2), 2, 2, message("", 2)));
    events.add(new Event.Fetched(session(3), 2, 2, message("", 51, "\\Seen")));
    events.add(new Event.CaughtUp(session(4)));
    events.add(new Event.Fetched(session(5), 1, 1, message("", 50, "\\Seen")));
    found(Promise.ORDER);
  }

  @Test
  void aResyncLeavesAChangeOut() {
    view(1, 2, 5, 1, message("a", 3), 2, message("b", 4));
    view(1, 9, 7, 1, message("a", 6, "\\Seen"), 2, message("b", 7, "\\Seen"));
    events.add(
        new Event.Resync(
            at(3, 9), BOX, 5, 7, List.of(new Event.Row(2, message("b", 7, "\\Seen"))), Set.of()));
    found(Promise.CONVERGENCE);
  }

  @Test
  void aResyncRepeatsAChange() {
    view(1, 2, 5, 1, message("a", 3));
    events.add(
        new Event.Resync(
            at(3, 9), BOX, 5, 7, List.of(new Event.Row(1, message("a", 3))), Set.of()));
    found(Promise.EVERY_CHANGE_ONCE);
  }

  @Test
  void aStreamLeavesAChangeOut() {
    follow(p(0, 0), p(1, 0), p(2, 0), p(3, 0));
    follow(p(1, 0), p(3, 0));
    found(Promise.EVERY_CHANGE_ONCE);
  }

  @Test
  void aStreamRepeatsAChange() {
    follow(p(0, 0), p(1, 0), p(2, 0), p(2, 0));
    found(Promise.EVERY_CHANGE_ONCE);
  }

  @Test
  void aStreamTellsWhatNeverHappened() {
    stream.add(new Event.Change(p(1, 0), "change 1.0"));
    follow(p(0, 0), p(1, 0), p(2, 0));
    found(Promise.EVERY_CHANGE_ONCE);
  }

  @Test
  void twoConditionsHoldAtOnce() {
    store(1, 9, 3, 4, Operation.ADD, "$a");
    store(1, 9, 3, 5, Operation.ADD, "$b");
    found(Promise.CONDITION);
  }

  @Test
  void twoConditionsHoldInOneEntry() {
    store(1, 9, 3, 4, Operation.ADD, "$a");
    store(1, 9, 3, 4, Operation.ADD, "$b");
    found(Promise.CONDITION);
  }

  @Test
  void aConditionFailsForNothing() {
    view(0, 0, 3, 1, message("a", 3));
    store(1, 2, 3, -1, Operation.ADD, "$a");
    found(Promise.CONDITION);
  }

  @Test
  void storesAgainstTheClientsOrder() {
    store(1, 2, -1, 9, Operation.ADD, "$a");
    store(3, 4, -1, 8, Operation.ADD, "$b");
    found(Promise.ORDER);
  }

  @Test
  void anAcknowledgedFlagIsLost() {
    there.put(1, message("a", 9));
    store(1, 2, -1, 4, Operation.ADD, "$a");
    store(3, 4, -1, 9, Operation.REMOVE, "$b");
    found(Promise.NOT_LOST);
  }

  @Test
  void aFlagThatMayHaveBeenTakenIsNotLost() {
    there.put(1, message("a", 9));
    store(1, 2, -1, 4, Operation.ADD, "$a");
    store(3, 4, -1, 0, Operation.REMOVE, "$a");
    found();
  }
}
