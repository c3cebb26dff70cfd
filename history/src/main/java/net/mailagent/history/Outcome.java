package net.mailagent.history;

/** What a client was told of its request. */
public enum Outcome {
  /** OK, 250, 200: it has happened, once. */
  ACKNOWLEDGED,
  /** NO, BAD, 5xx, 4xx for a reason: it has not happened and never will. */
  REFUSED,
  /** No answer, a lost connection, a temporary failure: it has happened once, or will, or not. */
  UNKNOWN
}
