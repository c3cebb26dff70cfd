package net.mailagent.imap.command;

/** UNSELECT (RFC 3691). */
public record Unselect() implements Command {
  @Override
  public String name() {
    return "UNSELECT";
  }
}
