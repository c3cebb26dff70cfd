package net.mailagent.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of the MIME tree. All offsets count octets from the start of the raw message as it was
 * parsed; the header is [headerStart, headerEnd) with its blank line, the body [headerEnd,
 * bodyEnd). Immutable, any thread.
 *
 * @param mediaType lower-case type/subtype as the tree is read: a multipart without parts is
 *     text/plain, what lies past a limit is application/octet-stream
 * @param parameters of Content-Type, decoded
 * @param transferEncoding lower-case, "7bit" when the sender gave none
 * @param disposition lower-case, empty when the sender gave none
 * @param fileName decoded, of Content-Disposition, else the name of Content-Type, else empty
 * @param contentId of Content-ID without its angle brackets, else empty
 * @param headerStart first octet of the header
 * @param headerEnd octet behind the blank line that ends the header = first octet of the body
 * @param bodyEnd octet behind the body
 * @param lines line feeds in the body
 * @param message whether this is an embedded message (message/rfc822, message/global) whose root is
 *     the only child
 * @param children the parts of a multipart, or the root of the embedded message
 */
public record MimePart(
    String mediaType,
    List<Param> parameters,
    String transferEncoding,
    String disposition,
    String fileName,
    String contentId,
    long headerStart,
    long headerEnd,
    long bodyEnd,
    long lines,
    boolean message,
    List<MimePart> children) {

  public MimePart {
    parameters = List.copyOf(parameters);
    children = List.copyOf(children);
  }

  /** Octets of the body as it stands in the message. */
  public long bodySize() {
    return bodyEnd - headerEnd;
  }

  /** Whether this is a multipart with its parts as children. */
  public boolean multipart() {
    return !message && !children.isEmpty();
  }

  /** Whether nothing lies below. */
  public boolean leaf() {
    return children.isEmpty();
  }

  /** Whether the media type is text of some kind. */
  public boolean text() {
    return mediaType.startsWith("text/");
  }

  /** The first parameter of that lower-case name. */
  public Optional<String> parameter(String name) {
    return parameters.stream().filter(p -> p.name().equals(name)).map(Param::value).findFirst();
  }

  /**
   * The tree of the same message with {@code by} octets of header put in front: everything moves,
   * but the root's header still starts where it did.
   */
  public MimePart shifted(long by) {
    return by == 0 ? this : moved(by, headerStart);
  }

  private MimePart moved(long by, long newHeaderStart) {
    List<MimePart> moved = new ArrayList<>(children.size());
    for (MimePart child : children) {
      moved.add(child.moved(by, child.headerStart + by));
    }
    return new MimePart(
        mediaType,
        parameters,
        transferEncoding,
        disposition,
        fileName,
        contentId,
        newHeaderStart,
        headerEnd + by,
        bodyEnd + by,
        lines,
        message,
        moved);
  }
}
