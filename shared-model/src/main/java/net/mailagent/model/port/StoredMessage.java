package net.mailagent.model.port;

import java.util.List;
import java.util.Optional;
import net.mailagent.model.Attachment;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Section;

/** A message content as it is stored; immutable, any thread. */
public interface StoredMessage {
  ContentId id();

  /** RFC822.SIZE in octets, trace header included. */
  long size();

  /**
   * ENVELOPE ready to send (RFC 9051 section 7.5.2), parentheses included; may hold literals.
   *
   * @throws IllegalStateException if it was not asked for; so do the other fields
   */
  byte[] envelope();

  /** BODYSTRUCTURE ready to send. */
  byte[] bodyStructure();

  /** BODY (the non-extensible form) ready to send. */
  byte[] body();

  /** The beginning of its text, at most 200 characters (RFC 8970); empty when it has none. */
  String preview();

  /** The thread it belongs to: 24 hex digits, the same for all messages of one conversation. */
  String thread();

  /** All its attachments in the order of the message; needs what {@link #open} needs. */
  List<Attachment> attachments();

  /** A section, or empty if the message has no such part. */
  default Optional<ByteSource> open(Section section) {
    return open(section, 0, Long.MAX_VALUE);
  }

  /**
   * A range of a section: at most {@code length} octets from {@code offset} on; a range behind the
   * end is empty. Only the stored chunks that the range touches are read.
   *
   * @return empty if the message has no such part
   * @throws net.mailagent.model.Refused UnknownEncoding for a {@link Section.Text.Binary} that
   *     cannot be decoded
   */
  Optional<ByteSource> open(Section section, long offset, long length);
}
