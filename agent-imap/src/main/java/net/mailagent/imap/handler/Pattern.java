package net.mailagent.imap.handler;

import java.util.HashMap;
import java.util.Map;
import net.mailagent.model.MailboxPath;

/**
 * A pattern of LIST: {@code *} matches anything, {@code %} anything but the delimiter. All ways to
 * match are followed at once, one bit for each, so a name costs its length times the pattern's
 * length in words, whatever the pattern. INBOX is matched without case. Not thread-safe.
 */
final class Pattern {
  private static final long[] NOWHERE = new long[0];

  private final int words;
  private final int length;
  private final long[] stars; // positions that hold *
  private final long[] percents; // positions that hold %
  private final Map<Character, long[]> literals = new HashMap<>(); // positions that hold that char

  Pattern(String text) {
    String pattern = simplified(text);
    this.length = pattern.length();
    this.words = length / 64 + 1; // one position more: the end
    this.stars = new long[words];
    this.percents = new long[words];
    for (int i = 0; i < length; i++) {
      char c = pattern.charAt(i);
      long[] at =
          switch (c) {
            case '*' -> stars;
            case '%' -> percents;
            default -> literals.computeIfAbsent(c, _ -> new long[words]);
          };
      at[i >> 6] |= 1L << i;
    }
  }

  /** Neighbouring wildcards become one, so that at most one position is passed without a char. */
  private static String simplified(String text) {
    StringBuilder pattern = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int last = pattern.length() - 1;
      boolean wild = c == '*' || c == '%';
      if (wild && last >= 0 && (pattern.charAt(last) == '*' || pattern.charAt(last) == '%')) {
        if (c == '*') {
          pattern.setCharAt(last, '*');
        }
      } else {
        pattern.append(c);
      }
    }
    return pattern.toString();
  }

  boolean matches(MailboxPath path) {
    String name = path.value();
    int anyCase = path.isInbox() || path.isBelow(MailboxPath.INBOX) ? 5 : 0;
    long[] now = new long[words];
    now[0] = 1;
    pass(now);
    for (int i = 0; i < name.length(); i++) {
      step(now, name.charAt(i), i < anyCase);
      pass(now);
    }
    return (now[length >> 6] & (1L << length)) != 0;
  }

  private void step(long[] now, char c, boolean anyCase) {
    long[] exact = literals.getOrDefault(c, NOWHERE);
    long[] other = anyCase ? literals.getOrDefault((char) (c | 0x20), NOWHERE) : NOWHERE;
    long carry = 0;
    for (int w = 0; w < words; w++) {
      long fits = (w < exact.length ? exact[w] : 0) | (w < other.length ? other[w] : 0);
      long moved = now[w] & fits;
      long stay = now[w] & (stars[w] | (c == MailboxPath.DELIMITER ? 0 : percents[w]));
      now[w] = (moved << 1) | carry | stay;
      carry = moved >>> 63;
    }
  }

  /** A wildcard may match nothing: who stands before one may also stand behind it. */
  private void pass(long[] now) {
    long carry = 0;
    for (int w = 0; w < words; w++) {
      long moved = now[w] & (stars[w] | percents[w]);
      now[w] |= (moved << 1) | carry;
      carry = moved >>> 63;
    }
  }
}
