package net.mailagent.store.mongo;

/** A document with that unique key is there already (code 11000). */
public final class DuplicateKey extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DuplicateKey(String message) {
    super(message, null, false, false); // an answer, not a fault: no stack trace
  }
}
