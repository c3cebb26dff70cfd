package net.mailagent.model;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;

/**
 * An email address (RFC 5321 section 4.1.2 Mailbox, with the UTF-8 of RFC 6531 section 3.3).
 * Strict: what is no address by the grammar is refused. Immutable; any thread.
 *
 * @param localPart what stands before the @, without quotes and backslashes
 * @param domain a domain name as it was written, or an address literal with its brackets
 */
public record EmailAddress(String localPart, String domain) {
  /**
   * The longest local part in UTF-8 octets. RFC 5321 section 4.5.3.1.1 asks for 64; bounce
   * addresses of mailing lists are longer in practice, and refusing them would lose mail.
   */
  public static final int MAX_LOCAL_PART = 256;

  /** The longest domain in UTF-8 octets (RFC 5321 section 4.5.3.1.2). */
  public static final int MAX_DOMAIN = 255;

  private static final int MAX_LABEL = 63;
  private static final String ATEXT = "!#$%&'*+-/=?^_`{|}~";

  /**
   * Reads {@code local-part@domain}, without angle brackets, comments or blanks.
   *
   * @throws IllegalArgumentException saying what is wrong, if it is no address
   */
  public static EmailAddress parse(String text) {
    StringBuilder local = new StringBuilder();
    int at = text.startsWith("\"") ? readQuotedString(text, local) : readDotString(text, 0, local);
    if (at == text.length() || text.charAt(at) != '@') {
      throw new IllegalArgumentException(
          at == text.length()
              ? "an address needs an @ and a domain"
              : "this character cannot stand in a local part: " + shown(text.codePointAt(at)));
    }
    if (octets(local.toString()) > MAX_LOCAL_PART) {
      throw new IllegalArgumentException("a local part has at most " + MAX_LOCAL_PART + " octets");
    }
    String domain = text.substring(at + 1);
    requireDomain(domain);
    return new EmailAddress(local.toString(), domain);
  }

  /**
   * Checks a domain name or address literal.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static void requireDomain(String domain) {
    if (domain.isEmpty()) {
      throw new IllegalArgumentException("the domain is empty");
    }
    if (octets(domain) > MAX_DOMAIN) {
      throw new IllegalArgumentException("a domain has at most " + MAX_DOMAIN + " octets");
    }
    if (domain.startsWith("[")) {
      requireLiteral(domain);
      return;
    }
    for (String label : domain.split("\\.", -1)) {
      if (label.isEmpty()) {
        throw new IllegalArgumentException("a domain cannot have an empty label");
      }
      if (octets(label) > MAX_LABEL) {
        throw new IllegalArgumentException(
            "a label of a domain has at most " + MAX_LABEL + " octets");
      }
      if (label.startsWith("-") || label.endsWith("-")) {
        throw new IllegalArgumentException("a label of a domain cannot begin or end with -");
      }
      label
          .codePoints()
          .filter(c -> !isLabelCharacter(c))
          .findFirst()
          .ifPresent(c -> {
            throw new IllegalArgumentException(
                "this character cannot stand in a domain: " + shown(c));
          });
    }
  }

  private static void requireLiteral(String domain) {
    boolean valid = domain.length() > 2 && domain.endsWith("]");
    for (int i = 1; valid && i < domain.length() - 1; i++) {
      char c = domain.charAt(i);
      valid = c > ' ' && c < 0x7f && c != '[' && c != ']' && c != '\\';
    }
    if (!valid) {
      throw new IllegalArgumentException("not an address literal");
    }
  }

  /** Reads atoms divided by dots; returns where they end. */
  private static int readDotString(String text, int from, StringBuilder local) {
    int at = from;
    boolean wanted = true; // an atom must come now
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (c == '.' && !wanted) {
        wanted = true;
      } else if (isAtomCharacter(c)) {
        wanted = false;
      } else {
        break;
      }
      local.appendCodePoint(c);
      at += Character.charCount(c);
    }
    if (wanted) {
      throw new IllegalArgumentException(
          local.isEmpty() ? "the local part is empty" : "a dot must stand between two atoms");
    }
    return at;
  }

  /** Reads a quoted string; returns where it ends. */
  private static int readQuotedString(String text, StringBuilder local) {
    int at = 1;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      if (c == '"') {
        if (local.isEmpty()) {
          throw new IllegalArgumentException("the local part is empty");
        }
        return at;
      }
      if (c == '\\') {
        if (at == text.length()) {
          break;
        }
        c = text.charAt(at++);
        if (c < ' ' || c > '~') {
          throw new IllegalArgumentException("a backslash quotes a visible character");
        }
      } else if (c < ' ' || c == 0x7f || (c > 0x7f && !isVisible(c))) {
        throw new IllegalArgumentException("a quoted local part cannot hold " + shown(c));
      }
      local.appendCodePoint(c);
    }
    throw new IllegalArgumentException("the quoted local part does not end");
  }

  private static boolean isAtomCharacter(int c) {
    return isAsciiLetterOrDigit(c) || (c < 0x80 ? ATEXT.indexOf(c) >= 0 : isVisible(c));
  }

  private static boolean isLabelCharacter(int c) {
    // the underscore is no letter of host names, but of domains that send mail
    return isAsciiLetterOrDigit(c) || (c < 0x80 ? c == '-' || c == '_' : isVisible(c));
  }

  private static boolean isAsciiLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Whether a character beyond ASCII may stand in an address: none that hides or reorders. */
  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> c == 0x200c || c == 0x200d; // the joiners some scripts need
      default -> true;
    };
  }

  private static String shown(int c) {
    return c > ' ' && c < 0x7f ? Character.toString(c) : "U+%04X".formatted(c);
  }

  private static int octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * The form in which addresses are compared and looked up: composed (NFC), lower case, the domain
   * with its A-labels ("xn--") decoded.
   */
  public String canonical() {
    String local = Normalizer.normalize(localPart, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    return quoted(local) + "@" + canonicalDomain(domain);
  }

  /** A domain in the form in which domains are compared. */
  public static String canonicalDomain(String domain) {
    String lower = Normalizer.normalize(domain, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    // toUnicode leaves what it cannot decode as it is, so no two domains become one
    return lower.contains("xn--") ? IDN.toUnicode(lower, IDN.ALLOW_UNASSIGNED) : lower;
  }

  /** Whether it can be sent without SMTPUTF8 (RFC 6531). */
  public boolean isAscii() {
    return isAscii(localPart) && isAscii(domain);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** The address as it stands in commands and header fields; quoted only when it must be. */
  @Override
  public String toString() {
    return quoted(localPart) + "@" + domain;
  }

  private static String quoted(String local) {
    boolean plain =
        !local.startsWith(".")
            && !local.endsWith(".")
            && !local.contains("..")
            && local.codePoints().allMatch(c -> c == '.' || isAtomCharacter(c));
    return plain ? local : '"' + local.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
