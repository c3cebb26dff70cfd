package net.mailagent.agent;

import java.util.concurrent.CompletionException;

/** The agent cannot start; the message is for the operator. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private StartException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What an operator needs to know of the fault that ended a start. */
  static StartException of(Throwable fault) {
    Throwable cause = causeOf(fault);
    String message = cause.getMessage();
    return new StartException(
        message == null || message.isBlank() ? "cannot start: " + cause : message, cause);
  }

  /** What went wrong on another thread, where that thread's future says so. */
  static Throwable causeOf(Throwable fault) {
    Throwable cause = fault;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
