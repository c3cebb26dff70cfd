package net.mailagent.model;

import java.util.List;

/**
 * A part that a reader would list as attached. Attachments are numbered by their place in the list
 * of all attachments of a message, which is the same wherever it is made.
 *
 * @param part its number as in BODY[n], such as [2, 1]
 * @param fileName decoded; empty when the sender gave none
 * @param mediaType lower-case type/subtype as the sender gave it
 * @param size octets of the body as it stands in the message, still encoded
 */
public record Attachment(List<Integer> part, String fileName, String mediaType, long size) {
  public Attachment {
    part = List.copyOf(part);
  }

  /** Its content with the transfer encoding undone. */
  public Section decoded() {
    return new Section(part, new Section.Text.Binary());
  }
}
