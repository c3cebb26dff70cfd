package net.mailagent.api;

/** The client is gone, or the node stops; unwinds to where the exchange began. */
final class ClientGone extends RuntimeException {
  private static final long serialVersionUID = 1;

  ClientGone() {
    super("the client is gone or the node stops", null, false, false);
  }
}
