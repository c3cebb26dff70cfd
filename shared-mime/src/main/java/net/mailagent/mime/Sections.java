package net.mailagent.mime;

import java.util.List;
import java.util.Optional;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import org.jspecify.annotations.Nullable;

/** Section to byte range (RFC 9051 section 6.4.5.1). Any thread. */
public final class Sections {
  private Sections() {}

  /** {@link #locate(MimePart, Section, long)} of a message as it was parsed. */
  public static Optional<Selection> locate(MimePart root, Section section) {
    return locate(root, section, 0);
  }

  /**
   * Where a section lies.
   *
   * @param root the tree as it was parsed
   * @param shift octets of header that were put in front of the message afterwards, see {@link
   *     MimePart#shifted}
   * @return empty when there is no such part, or not that aspect of it
   * @throws Refused UnknownEncoding for BINARY of a part that {@link TransferDecoding} does not
   *     know to decode
   */
  public static Optional<Selection> locate(MimePart root, Section section, long shift) {
    MimePart part = find(root, section.part());
    if (part == null) {
      return Optional.empty();
    }
    boolean whole = section.part().isEmpty();
    return switch (section.text()) {
      case Section.Text.Content c when whole -> range(root.headerStart(), root.bodyEnd() + shift);
      case Section.Text.Content c -> range(part.headerEnd() + shift, part.bodyEnd() + shift);
      case Section.Text.Mime m when whole -> Optional.empty();
      case Section.Text.Mime m -> range(headerStart(root, part, shift), part.headerEnd() + shift);
      case Section.Text.Header h -> {
        MimePart message = whole ? root : message(part);
        yield message == null
            ? Optional.empty()
            : range(headerStart(root, message, shift), message.headerEnd() + shift);
      }
      case Section.Text.HeaderFields fields -> {
        MimePart message = whole ? root : message(part);
        yield message == null
            ? Optional.empty()
            : Optional.of(
                new Selection.Filtered(
                    headerStart(root, message, shift),
                    message.headerEnd() + shift,
                    fields.names(),
                    fields.not()));
      }
      case Section.Text.Body b -> {
        MimePart message = whole ? root : message(part);
        yield message == null
            ? Optional.empty()
            : range(message.headerEnd() + shift, message.bodyEnd() + shift);
      }
      case Section.Text.Binary b -> {
        if (whole) {
          yield range(root.headerStart(), root.bodyEnd() + shift);
        }
        long start = part.headerEnd() + shift;
        long end = part.bodyEnd() + shift;
        // Only leaves are encoded (RFC 2045 section 6.4); the rest is handed out as it is.
        if (!part.leaf()) {
          yield range(start, end);
        }
        if (!TransferDecoding.supports(part.transferEncoding())) {
          throw new Refused(new Refusal.UnknownEncoding(part.transferEncoding()));
        }
        yield Optional.of(new Selection.Encoded(start, end, part.transferEncoding()));
      }
    };
  }

  /**
   * The node of a part number.
   *
   * @param number such as [2, 1]; empty for the root
   */
  public static Optional<MimePart> part(MimePart root, List<Integer> number) {
    return Optional.ofNullable(find(root, number));
  }

  private static @Nullable MimePart find(MimePart root, List<Integer> number) {
    MimePart part = root;
    boolean first = true;
    for (int n : number) {
      // The parts of a message are those of its multipart, or the one it is itself.
      MimePart parts = first ? root : part.multipart() ? part : message(part);
      first = false;
      if (parts == null) {
        return null;
      }
      if (!parts.multipart()) {
        if (n != 1) {
          return null;
        }
        part = parts;
      } else if (n >= 1 && n <= parts.children().size()) {
        part = parts.children().get(n - 1);
      } else {
        return null;
      }
    }
    return part;
  }

  /** The root of the message that a part embeds. */
  private static @Nullable MimePart message(MimePart part) {
    if (part.message()) {
      return part.children().getFirst();
    }
    return part.leaf() && ContentType.isMessage(part.mediaType()) ? empty(part.headerEnd()) : null;
  }

  /**
   * What an encoded message embeds. Its octets cannot be pointed into, so BODYSTRUCTURE shows an
   * empty text in it; whoever asks for that gets what it was shown.
   */
  private static MimePart empty(long at) {
    return new MimePart(
        ContentType.TEXT_PLAIN, List.of(), "7bit", "", "", "", at, at, at, 0, false, List.of());
  }

  @SuppressWarnings("ReferenceEquality") // the very node, however equal another one is
  private static long headerStart(MimePart root, MimePart part, long shift) {
    return part.headerStart() + (part == root ? 0 : shift);
  }

  private static Optional<Selection> range(long start, long end) {
    return Optional.of(new Selection.Range(start, end));
  }
}
