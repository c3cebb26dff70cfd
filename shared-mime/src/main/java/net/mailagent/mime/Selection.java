package net.mailagent.mime;

import java.util.List;

/** The octets [start, end) of a raw message that a section means, and what to do with them. */
public sealed interface Selection {
  /** First octet. */
  long start();

  /** Octet behind the last. */
  long end();

  /** The octets as they are. */
  record Range(long start, long end) implements Selection {}

  /**
   * A header block of which only some fields are meant; apply {@link HeaderFilter}.
   *
   * @param names field names as asked for
   * @param not whether all but these are meant
   */
  record Filtered(long start, long end, List<String> names, boolean not) implements Selection {
    public Filtered {
      names = List.copyOf(names);
    }
  }

  /**
   * An encoded body; apply {@link TransferDecoding}.
   *
   * @param transferEncoding lower-case
   */
  record Encoded(long start, long end, String transferEncoding) implements Selection {}
}
