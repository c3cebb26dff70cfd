package net.mailagent.imap.command;

/** CHECK (RFC 3501 section 6.4.1). */
public record Check() implements Command {
  @Override
  public String name() {
    return "CHECK";
  }
}
