package net.mailagent.mime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the tree while the parser is in it, and until the outcome is made. Confined to it. */
final class OpenPart {
  enum Kind {
    LEAF,
    MULTIPART,
    MESSAGE
  }

  final @Nullable OpenPart parent;
  final int depth;
  final long headerStart;
  final PartHeader header;
  final List<OpenPart> children = new ArrayList<>(0);

  Kind kind = Kind.LEAF;
  String mediaType = ContentType.TEXT_PLAIN;
  String transferEncoding = PartHeader.SEVEN_BIT;

  /** Whether the sender's header does not describe this part: past a limit, or not what it says. */
  boolean opaque;

  /** Whether this became a leaf when it ended, so that the sink was not told of it. */
  boolean unannounced;

  long headerEnd = -1;
  long bodyEnd = -1;
  long lines;

  /** Line feeds of the message before the body. */
  private long feedsBefore;

  /** Place among the children of the parent, from 1. */
  private final int position;

  OpenPart(@Nullable OpenPart parent, long headerStart, PartHeader header) {
    this.parent = parent;
    this.depth = parent == null ? 1 : parent.depth + 1;
    this.headerStart = headerStart;
    this.header = header;
    if (parent != null) {
      parent.children.add(this);
    }
    this.position = parent == null ? 1 : parent.children.size();
  }

  /** Whether this is the root of the message or of an embedded message. */
  boolean messageRoot() {
    return parent == null || parent.kind == Kind.MESSAGE;
  }

  void bodyBegins(long offset, long feeds) {
    headerEnd = offset;
    feedsBefore = feeds;
  }

  /**
   * Ends the body in front of a boundary line.
   *
   * @param at offset of the line break that belongs to the boundary
   * @param line offset of the boundary line itself, or of the end of the message
   * @param feeds line feeds before {@code line}
   */
  void bodyEnds(long at, long line, long feeds) {
    long inner = children.isEmpty() ? headerEnd : children.getLast().bodyEnd;
    bodyEnd = Math.max(at, inner);
    lines = feeds - feedsBefore - (bodyEnd < line ? 1 : 0);
  }

  /** The part number as in BODY[n]. */
  String number() {
    if (parent == null) {
      return "1";
    }
    if (parent.kind == Kind.MESSAGE) {
      return parent.number() + ".1";
    }
    return parent.prefix() + position;
  }

  /** What stands in front of the numbers of a multipart's children. */
  private String prefix() {
    if (parent == null) {
      return "";
    }
    return (parent.kind == Kind.MESSAGE ? parent.number() : number()) + ".";
  }

  MimePart toPart() {
    List<MimePart> parts = new ArrayList<>(children.size());
    for (OpenPart child : children) {
      parts.add(child.toPart());
    }
    return new MimePart(
        mediaType,
        opaque ? List.of() : header.parameters(),
        transferEncoding,
        opaque ? "" : header.disposition(),
        opaque ? "" : header.fileName(),
        opaque ? "" : header.contentId(),
        headerStart,
        headerEnd,
        bodyEnd,
        lines,
        kind == Kind.MESSAGE,
        parts);
  }
}
