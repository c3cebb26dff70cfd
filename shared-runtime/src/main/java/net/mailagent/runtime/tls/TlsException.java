package net.mailagent.runtime.tls;

/** A certificate or key cannot be used; the message is for the operator. */
public final class TlsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
