package net.mailagent.history;

/**
 * A broken promise.
 *
 * @param promise which
 * @param what was seen, for people
 */
public record Violation(Promise promise, String what) {
  /** What the program promises to its clients. */
  public enum Promise {
    /** What was acknowledged is there. */
    NOT_LOST,
    /** What was asked for once is there once. */
    NOT_DOUBLED,
    /** UIDs and MODSEQs ascend in the order in which they become visible. */
    ORDER,
    /** A UID means one message for ever, and does not come back. */
    UID_STANDS,
    /** EXISTS and sequence numbers say what RFC 9051 lets them say. */
    SESSION,
    /** Who looks sees everything that was acknowledged before. */
    RECENT,
    /** All who looked at one moment saw the same, and in the end all see what the store holds. */
    CONVERGENCE,
    /** Who follows from a position gets every change after it, once. */
    EVERY_CHANGE_ONCE,
    /** A conditional STORE happens only when nothing came between. */
    CONDITION
  }

  @Override
  public String toString() {
    return promise + ": " + what;
  }
}
