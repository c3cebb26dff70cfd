package net.mailagent.runtime.net;

/** The client is gone, or this side has closed the connection. */
public final class Disconnected extends ConnectionEnded {
  private static final long serialVersionUID = 1;

  public Disconnected() {
    super("disconnected");
  }
}
