package net.mailagent.imap.command;

/** IDLE (RFC 2177). */
public record Idle() implements Command {
  @Override
  public String name() {
    return "IDLE";
  }
}
