package net.mailagent.api;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ids of attachments, {@code ATT00001} for the first in {@link
 * net.mailagent.model.port.StoredMessage#attachments}.
 */
final class AttachmentId {
  private static final Pattern ID = Pattern.compile("ATT([0-9]{5,9})");

  private AttachmentId() {}

  /**
   * The id of the attachment at that place.
   *
   * @param index from 0
   */
  static String of(int index) {
    return String.format("ATT%05d", index + 1);
  }

  /** The place, from 0, of the attachment of that id; empty if it is no id. */
  static OptionalInt index(String id) {
    Matcher matcher = ID.matcher(id);
    if (!matcher.matches()) {
      return OptionalInt.empty();
    }
    int index = Integer.parseInt(matcher.group(1)) - 1;
    return index >= 0 && of(index).equals(id) ? OptionalInt.of(index) : OptionalInt.empty();
  }
}
