package net.mailagent.mime;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A Content-Type field (RFC 2045 section 5). Immutable.
 *
 * @param type as sent
 * @param subtype as sent
 * @param raw the parameters as sent, undecoded, octets as characters 0 to 255
 */
record ContentType(String type, String subtype, List<Param> raw) {
  static final String TEXT_PLAIN = "text/plain";
  static final String MESSAGE_RFC822 = "message/rfc822";
  static final String MESSAGE_GLOBAL = "message/global";
  static final String OPAQUE = "application/octet-stream";

  /** What a part is when nothing says otherwise. */
  static final ContentType DEFAULT = new ContentType("TEXT", "PLAIN", List.of());

  /** What a part of a multipart/digest is when nothing says otherwise. */
  static final ContentType IN_DIGEST = new ContentType("MESSAGE", "RFC822", List.of());

  /** Longest name of a type or subtype that is believed (RFC 6838 section 4.2 allows 127). */
  private static final int MAX_NAME = 127;

  /** Reads an unfolded field value; what is no media type counts as text (section 5.2). */
  static ContentType parse(String field) {
    Parameters.Parsed parsed = Parameters.parse(field);
    String value = parsed.value();
    int slash = value.indexOf('/');
    if (slash > 0) {
      String type = value.substring(0, slash).strip();
      String subtype = value.substring(slash + 1).strip();
      if (isToken(type) && isToken(subtype)) {
        return new ContentType(type, subtype, parsed.parameters());
      }
    }
    return new ContentType(DEFAULT.type, DEFAULT.subtype, parsed.parameters());
  }

  /** Whether a lower-case media type is one of a message in a message. */
  static boolean isMessage(String mediaType) {
    return mediaType.equals(MESSAGE_RFC822) || mediaType.equals(MESSAGE_GLOBAL);
  }

  /** Lower-case type/subtype. */
  String mediaType() {
    return (type + "/" + subtype).toLowerCase(Locale.ROOT);
  }

  /** The parameters decoded. */
  List<Param> parameters() {
    return Rfc2231.decode(raw);
  }

  /** The charset as named, else empty. */
  String charset() {
    return Rfc2231.find(raw, "charset").orElse("");
  }

  /** The boundary, octets as characters 0 to 255; empty when missing. */
  Optional<String> boundary() {
    return Rfc2231.find(raw, "boundary").filter(boundary -> !boundary.isBlank());
  }

  private static boolean isToken(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 127 || "()<>@,;:\\\"/[]?=".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }
}
