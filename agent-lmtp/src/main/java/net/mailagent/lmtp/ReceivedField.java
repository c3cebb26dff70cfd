package net.mailagent.lmtp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the queue id in the topmost Received field (RFC 5321 section 4.4) of a message that streams
 * by: the field that the relay in front wrote when it took the message. Only the first octets are
 * kept, up to a bound; a field that does not end within them is not looked at.
 *
 * <p>The id counts only when the field's date is recent: a relay tries for some days, so a field
 * older than that came with mail that is being imported or sent anew, and two equal old messages
 * are two messages. Not thread-safe.
 */
final class ReceivedField {
  private static final int MAX_ID = 255;
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private final ByteArrayOutputStream start = new ByteArrayOutputStream();
  private final int bound;

  /**
   * @param bound how many octets are looked at
   */
  ReceivedField(int bound) {
    this.bound = bound;
  }

  /** Looks at the next octets of the message; their position stays. */
  void see(ByteBuffer octets) {
    int wanted = Math.min(bound - start.size(), octets.remaining());
    for (int i = 0; i < wanted; i++) {
      start.write(octets.get(octets.position() + i));
    }
  }

  /**
   * The queue id.
   *
   * @param window how old the field may be
   * @return empty if there is no such field, it is too old, or it has no id
   */
  Optional<String> queueId(Instant now, Duration window) {
    return field().flatMap(value -> queueId(withoutComments(value), now, window));
  }

  private static Optional<String> queueId(String value, Instant now, Duration window) {
    int semicolon = value.lastIndexOf(';');
    if (semicolon < 0) {
      return Optional.empty();
    }
    try {
      Instant date =
          DateTimeFormatter.RFC_1123_DATE_TIME.parse(
              value.substring(semicolon + 1).strip().replaceAll("\\s+", " "), Instant::from);
      if (date.isBefore(now.minus(window)) || date.isAfter(now.plus(CLOCK_SKEW))) {
        return Optional.empty();
      }
    } catch (DateTimeException e) {
      return Optional.empty();
    }
    String[] words = value.substring(0, semicolon).strip().split("\\s+", -1);
    boolean by = false;
    for (int i = 0; i + 1 < words.length; i++) {
      by |= words[i].equalsIgnoreCase("by");
      if (by && words[i].equalsIgnoreCase("id")) {
        String id = words[i + 1];
        boolean usable = id.length() <= MAX_ID && id.chars().allMatch(c -> c > ' ' && c <= '~');
        return usable ? Optional.of(id) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The unfolded value of the first Received field, if it is there whole. */
  private Optional<String> field() {
    String[] lines = start.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
    StringBuilder value = null;
    // the last line may be cut off, so it only tells that the one before has ended
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      boolean folded = line.startsWith(" ") || line.startsWith("\t");
      if (value != null && !folded) {
        // an empty last piece: what follows the line end is not known, it may be folded on
        return i == lines.length - 1 && line.isEmpty()
            ? Optional.empty()
            : Optional.of(value.toString());
      }
      if (value != null) {
        value.append(line);
      } else if (line.isEmpty()) {
        return Optional.empty();
      } else if (line.toLowerCase(Locale.ROOT).startsWith("received:")) {
        value = new StringBuilder(line.substring("received:".length()));
      }
    }
    return Optional.empty();
  }

  private static String withoutComments(String value) {
    StringBuilder text = new StringBuilder(value.length());
    int depth = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (depth > 0 && c == '\\') {
        i++;
      } else if (c == '(') {
        depth++;
        text.append(' ');
      } else if (c == ')' && depth > 0) {
        depth--;
      } else if (depth == 0) {
        text.append(c);
      }
    }
    return text.toString();
  }
}
