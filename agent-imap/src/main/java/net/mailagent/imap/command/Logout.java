package net.mailagent.imap.command;

/** LOGOUT (RFC 3501 section 6.1.3). */
public record Logout() implements Command {
  @Override
  public String name() {
    return "LOGOUT";
  }
}
