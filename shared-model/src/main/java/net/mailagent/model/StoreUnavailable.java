package net.mailagent.model;

/**
 * The store could not answer, or the outcome of a change could not be settled in time: a temporary
 * failure (NO [UNAVAILABLE], 451, 503). Nothing may be claimed about the change that was tried.
 */
public sealed class StoreUnavailable extends RuntimeException permits OctetsMissing {
  private static final long serialVersionUID = 1;

  public StoreUnavailable(String message) {
    super(message);
  }

  public StoreUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
