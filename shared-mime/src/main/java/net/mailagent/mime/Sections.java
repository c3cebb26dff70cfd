package net.mailagent.mime;

import java.util.Optional;
import net.mailagent.model.Section;

/** Section to byte range (RFC 9051 section 6.4.5.1). Any thread. */
public final class Sections {
  private Sections() {}

  /**
   * Where a section lies.
   *
   * @param root the tree as it was parsed
   * @param shift octets that were put in front of the message afterwards, see {@link
   *     MimePart#shifted}
   * @return empty when there is no such part, or not that aspect of it
   */
  public static Optional<Selection> locate(MimePart root, Section section, long shift) {
    throw new UnsupportedOperationException();
  }

  /** {@link #locate(MimePart, Section, long)} of a message as it was parsed. */
  public static Optional<Selection> locate(MimePart root, Section section) {
    return locate(root, section, 0);
  }

  /** The node of a part number, empty for the root, such as [2, 1]. */
  public static Optional<MimePart> part(MimePart root, java.util.List<Integer> number) {
    throw new UnsupportedOperationException();
  }
}
