package net.mailagent.runtime.net;

/** The client sent nothing within the idle time-out while a command waited for more. */
public final class IdleTimeout extends ConnectionEnded {
  private static final long serialVersionUID = 1;

  public IdleTimeout() {
    super("idle for too long");
  }
}
