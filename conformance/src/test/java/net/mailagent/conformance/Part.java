package net.mailagent.conformance;

import java.util.List;

/** What BODYSTRUCTURE says of a part (RFC 9051 section 7.5.2). */
sealed interface Part {
  /** Several parts in one. */
  record Multipart(List<Part> parts, String subtype) implements Part {}

  /**
   * A leaf.
   *
   * @param encoding its Content-Transfer-Encoding, lower case
   * @param lines -1 for what has no lines
   */
  record Leaf(String type, String subtype, String encoding, long octets, long lines)
      implements Part {}

  /**
   * A message in a message.
   *
   * @param encoding its Content-Transfer-Encoding, lower case
   */
  record Enclosed(Part body, String encoding, long octets, long lines) implements Part {}
}
