package net.mailagent.store.content;

/**
 * A run of octets of a raw message and where they are stored. Decoded storage of transfer encodings
 * comes as a further case: {@code length} is what the message has, not what the store holds.
 */
sealed interface Segment {
  /** Octets of the message in this run; at least 1. */
  long length();

  /** In the {@code inline} field of the document, from {@code offset} on. */
  record Inline(int offset, long length) implements Segment {}

  /** In a blob, as they are, from {@code offset} on. */
  record Raw(BlobId blob, long offset, long length) implements Segment {}
}
