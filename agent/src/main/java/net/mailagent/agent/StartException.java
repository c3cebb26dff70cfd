package net.mailagent.agent;

/** The agent cannot start; the message is for the operator. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
