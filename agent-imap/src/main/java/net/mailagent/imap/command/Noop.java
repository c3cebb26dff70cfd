package net.mailagent.imap.command;

/** NOOP (RFC 3501 section 6.1.2). */
public record Noop() implements Command {
  @Override
  public String name() {
    return "NOOP";
  }
}
