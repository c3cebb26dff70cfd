package net.mailagent.model;

import java.util.List;

/**
 * A section of a message as FETCH BODY[...] names it (RFC 9051 section 6.4.5), without its partial
 * range.
 *
 * @param part the part numbers, empty for the message itself; each at least 1
 * @param text what of that part
 */
public record Section(List<Integer> part, Text text) {
  /** The whole message, BODY[]. */
  public static final Section WHOLE = new Section(List.of(), new Text.Content());

  /** The header of the message, BODY[HEADER]. */
  public static final Section HEADER = new Section(List.of(), new Text.Header());

  public Section {
    part = List.copyOf(part);
  }

  /** What of a part is meant. */
  public sealed interface Text {
    /** BODY[] or BODY[1.2]: the whole message, or the content of a part without its MIME header. */
    record Content() implements Text {}

    /** HEADER: of the message, or of the message/rfc822 part. */
    record Header() implements Text {}

    /** TEXT: the body behind the header of the message or of the message/rfc822 part. */
    record Body() implements Text {}

    /** MIME: the MIME header of a part; only with part numbers. */
    record Mime() implements Text {}

    /**
     * HEADER.FIELDS and HEADER.FIELDS.NOT.
     *
     * @param names field names as asked for; matched without case
     * @param not whether all but these are meant
     */
    record HeaderFields(List<String> names, boolean not) implements Text {
      public HeaderFields {
        names = List.copyOf(names);
      }
    }

    /** BINARY[1.2] (RFC 3516): the content with its transfer encoding undone. */
    record Binary() implements Text {}
  }
}
