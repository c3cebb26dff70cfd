package net.mailagent.imap.wire;

/**
 * The client broke the grammar or a bound of it: answered by BAD. The message says what was wrong
 * and where; it holds printable ASCII only, so that it can go into a response as it is.
 */
public final class SyntaxError extends Exception {
  private static final long serialVersionUID = 1;

  public SyntaxError(String message) {
    super(printable(message), null, false, false); // an answer, not a fault: no stack trace
  }

  private static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return clean.toString();
  }

  /** The message, printable ASCII. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
