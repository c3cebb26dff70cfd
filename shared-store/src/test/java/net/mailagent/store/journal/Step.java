package net.mailagent.store.journal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** One step of a schedule. A step that does not fit is passed over, so any list of steps is one. */
sealed interface Step {
  /** What a client of a node asks for; {@code a} and {@code b} say with which mailbox, uids, … */
  record Op(What what, int a, int b) {}

  /** The kinds of requests, and what nodes do by themselves. */
  enum What {
    DELIVER,
    DELIVER_TWO,
    APPEND,
    FLAG,
    UNFLAG,
    FLAG_IF,
    COPY,
    MOVE,
    EXPUNGE,
    CREATE,
    RENAME,
    DELETE,
    VIEW,
    FOLLOW,
    WATCH,
    TICK,
    FORGET,
    CHECKPOINT,
    TRIM
  }

  /** One of the nodes that have nothing to do begins that. */
  record Begin(int idle, Op op) implements Step {}

  /** One of the busy nodes makes its next call. */
  record Go(int busy, Actor.Fate fate) implements Step {}

  /** Calls on their way take effect. */
  record Release() implements Step {}

  /** A wake-up reaches a node: in time, late, again, or for nothing; all others are lost. */
  record Wake(int node) implements Step {}

  /** Something befalls the database: all of it, or for one of the nodes. */
  record Befalls(Replicas.Trouble what, int node) implements Step {}

  /** Time goes by. */
  record Pass(int minutes) implements Step {}

  static Arbitrary<Step> any() {
    Arbitrary<Integer> small = Arbitraries.integers().between(0, 30);
    Arbitrary<What> whats =
        Arbitraries.frequency(
            Tuple.of(6, What.DELIVER),
            Tuple.of(2, What.DELIVER_TWO),
            Tuple.of(4, What.APPEND),
            Tuple.of(3, What.FLAG),
            Tuple.of(2, What.UNFLAG),
            Tuple.of(3, What.FLAG_IF),
            Tuple.of(2, What.COPY),
            Tuple.of(3, What.MOVE),
            Tuple.of(3, What.EXPUNGE),
            Tuple.of(1, What.CREATE),
            Tuple.of(1, What.RENAME),
            Tuple.of(1, What.DELETE),
            Tuple.of(5, What.VIEW),
            Tuple.of(3, What.FOLLOW),
            Tuple.of(4, What.WATCH),
            Tuple.of(1, What.TICK),
            Tuple.of(3, What.FORGET),
            Tuple.of(4, What.CHECKPOINT),
            Tuple.of(7, What.TRIM));
    Arbitrary<Op> ops = Combinators.combine(whats, small, small).as(Op::new);
    Arbitrary<Actor.Fate> fates =
        Arbitraries.frequency(
            Tuple.of(200, Actor.Fate.PASSES),
            Tuple.of(2, Actor.Fate.LOST),
            Tuple.of(4, Actor.Fate.REPLY_LOST),
            Tuple.of(2, Actor.Fate.CUT_OFF),
            Tuple.of(2, Actor.Fate.CUT_OFF_AFTER),
            Tuple.of(3, Actor.Fate.LATE),
            Tuple.of(2, Actor.Fate.DIES),
            Tuple.of(2, Actor.Fate.DIES_AFTER));
    Arbitrary<Replicas.Trouble> troubles =
        Arbitraries.frequency(
            Tuple.of(4, Replicas.Trouble.NO_MAJORITY),
            Tuple.of(3, Replicas.Trouble.CONFIRMED),
            Tuple.of(3, Replicas.Trouble.ROLLED_BACK),
            Tuple.of(3, Replicas.Trouble.REPLACED),
            Tuple.of(3, Replicas.Trouble.RECONNECTED));
    return Arbitraries.frequencyOf(
        Tuple.of(30, Combinators.combine(small, ops).as(Begin::new)),
        Tuple.of(65, Combinators.combine(small, fates).as(Go::new)),
        Tuple.of(3, Arbitraries.just(new Release())),
        Tuple.of(5, small.map(Wake::new)),
        Tuple.of(4, Combinators.combine(troubles, small).as(Befalls::new)),
        Tuple.of(4, Arbitraries.of(10, 45, 130, 25 * 60).map(Pass::new)));
  }
}
