package net.mailagent.lmtp;

/** A command line that cannot be carried out; the session answers and goes on. */
final class CommandRefused extends Exception {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialized
  private final Reply reply;

  CommandRefused(Reply reply) {
    super(reply.toString(), null, false, false); // an answer, not a fault: no stack trace
    this.reply = reply;
  }

  Reply reply() {
    return reply;
  }
}
