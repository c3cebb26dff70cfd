package net.mailagent.imap.command;

/** CLOSE (RFC 3501 section 6.4.2). */
public record Close() implements Command {
  @Override
  public String name() {
    return "CLOSE";
  }
}
