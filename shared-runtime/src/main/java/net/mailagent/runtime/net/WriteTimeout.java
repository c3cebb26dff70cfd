package net.mailagent.runtime.net;

/** The client took nothing of what was written within the write time-out. */
public final class WriteTimeout extends ConnectionEnded {
  private static final long serialVersionUID = 1;

  public WriteTimeout() {
    super("the client does not read");
  }
}
