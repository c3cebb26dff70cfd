package net.mailagent.runtime.net;

/**
 * The connection is of no more use; thrown by reads and writes and meant to unwind to the runtime,
 * which closes it without a log entry. Carries no stack: it is no fault.
 */
public abstract sealed class ConnectionEnded extends RuntimeException
    permits Disconnected, IdleTimeout, WriteTimeout {
  private static final long serialVersionUID = 1;

  ConnectionEnded(String message) {
    super(message, null, false, false);
  }
}
