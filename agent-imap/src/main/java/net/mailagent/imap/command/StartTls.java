package net.mailagent.imap.command;

/** STARTTLS (RFC 3501 section 6.2.1). */
public record StartTls() implements Command {
  @Override
  public String name() {
    return "STARTTLS";
  }
}
