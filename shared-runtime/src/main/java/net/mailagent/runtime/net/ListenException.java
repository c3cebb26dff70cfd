package net.mailagent.runtime.net;

/** A listener cannot bind its address; the message is for the operator. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
