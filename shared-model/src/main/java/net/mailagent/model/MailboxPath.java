package net.mailagent.model;

import java.util.Locale;
import java.util.Optional;

/**
 * The full name of a mailbox, levels divided by "/". INBOX is written so in any case (RFC 9051
 * section 5.1), also as the first level of a longer name.
 */
public record MailboxPath(String value) implements Comparable<MailboxPath> {
  public static final char DELIMITER = '/';
  public static final MailboxPath INBOX = new MailboxPath("INBOX");

  /** The longest name in UTF-8 octets, and the deepest hierarchy, that a mailbox may have. */
  public static final int MAX_OCTETS = 1000;

  public static final int MAX_DEPTH = 20;

  public MailboxPath {
    if (value.length() >= 5
        && value.regionMatches(true, 0, "INBOX", 0, 5)
        && (value.length() == 5 || value.charAt(5) == DELIMITER)) {
      value = "INBOX" + value.substring(5);
    }
  }

  /**
   * What forbids a mailbox of this name, or empty if it may be created: empty levels, control
   * characters, wildcards, too long or too deep.
   */
  public Optional<String> problem() {
    if (value.isEmpty()) {
      return Optional.of("a mailbox name cannot be empty");
    }
    if (value.startsWith("/") || value.endsWith("/") || value.contains("//")) {
      return Optional.of("a mailbox name cannot have an empty level");
    }
    if (value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_OCTETS) {
      return Optional.of("a mailbox name has at most " + MAX_OCTETS + " octets");
    }
    if (depth() > MAX_DEPTH) {
      return Optional.of("mailboxes nest at most " + MAX_DEPTH + " levels deep");
    }
    boolean bad =
        value
            .codePoints()
            .anyMatch(c ->
                Character.getType(c) == Character.CONTROL
                    || Character.getType(c) == Character.SURROGATE
                    || c == 0x2028
                    || c == 0x2029
                    || c == '*'
                    || c == '%');
    return bad
        ? Optional.of("a mailbox name cannot hold control characters, * or %")
        : Optional.empty();
  }

  public int depth() {
    return (int) value.chars().filter(c -> c == DELIMITER).count() + 1;
  }

  public boolean isInbox() {
    return value.equals("INBOX");
  }

  /** The name one level up, or empty at the top. */
  public Optional<MailboxPath> parent() {
    int slash = value.lastIndexOf(DELIMITER);
    return slash < 0 ? Optional.empty() : Optional.of(new MailboxPath(value.substring(0, slash)));
  }

  /** The last level of the name. */
  public String name() {
    return value.substring(value.lastIndexOf(DELIMITER) + 1);
  }

  /** Whether this mailbox lies below the other. */
  public boolean isBelow(MailboxPath other) {
    return value.startsWith(other.value + DELIMITER);
  }

  /** This name with its beginning {@code from} replaced by {@code to}. */
  public MailboxPath moved(MailboxPath from, MailboxPath to) {
    return new MailboxPath(to.value + value.substring(from.value.length()));
  }

  /** INBOX first, then by levels without case. */
  @Override
  public int compareTo(MailboxPath other) {
    boolean mine = isInbox() || isBelow(INBOX);
    boolean theirs = other.isInbox() || other.isBelow(INBOX);
    if (mine != theirs) {
      return mine ? -1 : 1;
    }
    // the delimiter sorts below every character a name may hold, so children follow their parent
    String a = value.replace(DELIMITER, '\0');
    String b = other.value.replace(DELIMITER, '\0');
    int order = a.toLowerCase(Locale.ROOT).compareTo(b.toLowerCase(Locale.ROOT));
    return order != 0 ? order : a.compareTo(b);
  }

  @Override
  public String toString() {
    return value;
  }
}
