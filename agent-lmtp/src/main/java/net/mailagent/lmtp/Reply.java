package net.mailagent.lmtp;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One reply (RFC 5321 section 4.2) with its enhanced status code (RFC 2034, 3463).
 *
 * @param code three digits
 * @param status such as "5.1.1"; empty where none belongs (greeting, LHLO, 354)
 * @param lines at least one; without line ends
 */
record Reply(int code, String status, List<String> lines) {
  /** In characters; RFC 5321 section 4.5.3.1.5 bounds a line of a reply to 512 octets. */
  private static final int MAX_TEXT = 480;

  Reply {
    lines = List.copyOf(lines);
  }

  Reply(int code, String status, String text) {
    this(code, status, List.of(text));
  }

  static Reply ok(String text) {
    return new Reply(250, "2.0.0", text);
  }

  /** A command that cannot come now. */
  static Reply badSequence(String text) {
    return new Reply(503, "5.5.1", text);
  }

  /** Arguments or parameters that break the grammar. */
  static Reply badArguments(String text) {
    return new Reply(501, "5.5.4", text);
  }

  /** A line that is no command. */
  static Reply badCommand(String text) {
    return new Reply(500, "5.5.2", text);
  }

  /** The store does not answer, or something went wrong here: the sender shall try again. */
  static Reply tryAgain(String text) {
    return new Reply(451, "4.3.0", text);
  }

  /** Whether the client did something wrong, so that it counts as an error. */
  boolean isClientError() {
    return code >= 500 && status.startsWith("5.5.");
  }

  /** The octets to send; control characters cannot break out of a line, nor texts grow long. */
  byte[] encode() {
    StringBuilder reply = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      reply.append(code).append(i < lines.size() - 1 ? '-' : ' ');
      if (!status.isEmpty()) {
        reply.append(status).append(' ');
      }
      lines
          .get(i)
          .codePoints()
          .limit(MAX_TEXT)
          .forEach(c -> {
            reply.appendCodePoint(c < ' ' || c == 0x7f ? '?' : c);
          });
      reply.append("\r\n");
    }
    return reply.toString().getBytes(StandardCharsets.UTF_8);
  }
}
