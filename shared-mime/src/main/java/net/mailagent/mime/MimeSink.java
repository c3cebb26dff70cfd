package net.mailagent.mime;

import java.nio.ByteBuffer;

/**
 * Is told, in stream order and without copying, to which leaf every octet of a message belongs, so
 * that the store can cut segments. Called on the thread that feeds the parser; it may block (that
 * is the back-pressure) and may throw, which ends the parse.
 *
 * <p>All octets of the message arrive exactly once, either here or there; a slice is valid until
 * the method returns. Octets outside of leaves are not bounded: a preamble, a header block or a
 * multipart that never shows its boundary can be of any length.
 */
public interface MimeSink {
  /** Octets outside of leaf bodies: headers, boundary lines, preambles, epilogues. */
  void bytes(ByteBuffer slice);

  /** The next octets, none to all of the rest, are the body of this leaf. */
  void bodyStart(LeafInfo leaf);

  /** Octets of the leaf that was started last. */
  void body(ByteBuffer slice);

  /**
   * The leaf ends exactly here; the line break before a boundary belongs to the boundary (RFC 2046
   * section 5.1.1).
   */
  void bodyEnd();
}
