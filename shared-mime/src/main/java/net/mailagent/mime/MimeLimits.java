package net.mailagent.mime;

/**
 * The bounds of a parse. Past maxParts, maxDepth and maxHeaderBlock the rest is one opaque part;
 * past the others something derived is left out. The message itself is whole in every case.
 *
 * @param maxParts nodes of the tree, embedded messages counted; at least 2
 * @param maxDepth levels of the tree; at least 1
 * @param maxHeaderBlock octets of one header block
 * @param maxBoundary octets of a boundary; a longer one counts as missing
 * @param maxField octets of one header field that are looked at
 * @param maxStructure octets of header fields, over all parts, that ENVELOPE and BODYSTRUCTURE are
 *     made of
 * @param maxHeaders characters of all fields in {@link MessageFacts#headers()}
 * @param maxText decoded characters of all text parts that are searched for words, HTML with its
 *     tags
 * @param maxSearchText UTF-8 octets of {@link MessageFacts#words()}
 */
public record MimeLimits(
    int maxParts,
    int maxDepth,
    int maxHeaderBlock,
    int maxBoundary,
    int maxField,
    int maxStructure,
    int maxHeaders,
    int maxText,
    int maxSearchText) {

  private static final MimeLimits STANDARD =
      new MimeLimits(10_000, 100, 10 << 20, 8 << 10, 1 << 20, 4 << 20, 256 << 10, 1 << 20, 1 << 20);

  public MimeLimits {
    if (maxParts < 2 || maxDepth < 1 || maxHeaderBlock < 1 || maxBoundary < 1) {
      throw new IllegalArgumentException("a limit of the MIME tree is too small");
    }
    if (maxField < 1 || maxStructure < 0 || maxHeaders < 0 || maxText < 0 || maxSearchText < 0) {
      throw new IllegalArgumentException("a limit of what is derived is too small");
    }
  }

  /** The defaults: 10,000 parts, depth 100, 10 MiB of one header block, 1 MiB of search words. */
  public static MimeLimits standard() {
    return STANDARD;
  }
}
