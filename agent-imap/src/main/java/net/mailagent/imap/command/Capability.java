package net.mailagent.imap.command;

/** CAPABILITY (RFC 3501 section 6.1.1). */
public record Capability() implements Command {
  @Override
  public String name() {
    return "CAPABILITY";
  }
}
