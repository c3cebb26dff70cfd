package net.mailagent.mime;

import java.util.ArrayList;
import java.util.List;
import net.mailagent.model.Attachment;

/**
 * Which parts of a message are its attachments, and in which order: the one place that says so, for
 * what is stored with a message, what is listed and what is downloaded by number. Any thread.
 *
 * <p>What is attached is everything but text to be read: leaves that are no text, texts with a file
 * name or announced as attachments, and embedded messages. Those of an embedded message count too,
 * behind it.
 */
public final class Attachments {
  private final List<Attachment> found = new ArrayList<>();

  private Attachments() {}

  /** The attachments of a message in its order. */
  public static List<Attachment> of(MimePart root) {
    Attachments attachments = new Attachments();
    attachments.message(root, List.of());
    return List.copyOf(attachments.found);
  }

  /**
   * The root of a message.
   *
   * @param number of the part that embeds it; empty for the message itself
   */
  private void message(MimePart root, List<Integer> number) {
    if (root.multipart()) {
      parts(root, number);
      return;
    }
    List<Integer> only = child(number, 1);
    if (root.message()) {
      message(root.children().getFirst(), only);
    } else if (isAttached(root)) {
      add(root, only); // the message is nothing but a file
    }
  }

  private void parts(MimePart multipart, List<Integer> number) {
    int n = 0;
    for (MimePart part : multipart.children()) {
      part(part, child(number, ++n));
    }
  }

  private void part(MimePart part, List<Integer> number) {
    if (part.multipart()) {
      parts(part, number);
      return;
    }
    if (isAttached(part)) {
      add(part, number);
    }
    if (part.message()) {
      message(part.children().getFirst(), number);
    }
  }

  private static boolean isAttached(MimePart part) {
    return !part.text() || !part.fileName().isEmpty() || part.disposition().equals("attachment");
  }

  private void add(MimePart part, List<Integer> number) {
    found.add(new Attachment(number, part.fileName(), part.mediaType(), part.bodySize()));
  }

  private static List<Integer> child(List<Integer> number, int n) {
    List<Integer> child = new ArrayList<>(number.size() + 1);
    child.addAll(number);
    child.add(n);
    return child;
  }
}
