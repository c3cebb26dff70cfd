package net.mailagent.imap.command;

/** NAMESPACE (RFC 2342). */
public record Namespace() implements Command {
  @Override
  public String name() {
    return "NAMESPACE";
  }
}
