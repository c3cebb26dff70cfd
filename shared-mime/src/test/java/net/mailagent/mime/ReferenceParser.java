package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An independent reading of a message, slow and simple: the whole array, cut into lines, by
 * recursive descent. What comes near a limit it does not read.
 */
final class ReferenceParser {
  record Node(
      String mediaType,
      String transferEncoding,
      int headerStart,
      int headerEnd,
      int bodyEnd,
      int lines,
      boolean message,
      List<Node> children) {}

  private record Line(int start, int content, int end) {}

  private static final List<String> ENCODED =
      List.of("base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue");

  private final String raw;
  private final List<Line> lines = new ArrayList<>();
  private int pos;
  private int depth;

  private ReferenceParser(byte[] raw) {
    this.raw = new String(raw, StandardCharsets.ISO_8859_1);
    int start = 0;
    while (start < raw.length) {
      int feed = this.raw.indexOf('\n', start);
      int end = feed < 0 ? raw.length : feed + 1;
      int content = feed < 0 ? end : feed > start && raw[feed - 1] == '\r' ? feed - 1 : feed;
      lines.add(new Line(start, content, end));
      start = end;
    }
  }

  /** Ends a reading: what is there has no one reading, or goes to a limit. */
  private static final class Undefined extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** The tree; empty when a header that matters for it has no one reading. */
  static Optional<Node> parse(byte[] raw) {
    try {
      return Optional.of(new ReferenceParser(raw).part(List.of(), "text/plain"));
    } catch (Undefined e) {
      return Optional.empty();
    }
  }

  private int offset(int line) {
    return line < lines.size() ? lines.get(line).start : raw.length();
  }

  private Node part(List<String> boundaries, String unless) {
    if (++depth >= MimeLimits.standard().maxDepth()) {
      throw new Undefined();
    }
    Node node = open(boundaries, unless);
    depth--;
    return node;
  }

  private Node open(List<String> boundaries, String unless) {
    int headerStart = offset(pos);
    int first = pos;
    boolean blank = false;
    while (pos < lines.size() && !blank && which(boundaries) == null) {
      Line line = lines.get(pos++);
      blank = line.content == line.start && line.end > line.content;
    }
    int headerEnd = offset(pos);
    ReferenceHeader header = new ReferenceHeader(raw.substring(headerStart, headerEnd));
    String type = header.mediaType(unless);
    String encoding = header.transferEncoding();
    String boundary = type.startsWith("multipart/") ? header.boundary() : "";
    if (!header.defined()) {
      throw new Undefined();
    }
    List<Node> children = new ArrayList<>();
    boolean encoded = ENCODED.contains(encoding);
    boolean message = (type.equals("message/rfc822") || type.equals("message/global")) && !encoded;
    boolean cutOff = !blank && pos < lines.size(); // a boundary ended the header
    if (type.startsWith("multipart/") && !boundary.isBlank() && !cutOff) {
      multipart(boundaries, boundary, type, children);
    } else if (message) {
      children.add(part(boundaries, "text/plain"));
    } else {
      while (pos < lines.size() && which(boundaries) == null) {
        pos++;
      }
    }
    if (type.startsWith("multipart/") && children.isEmpty()) {
      type = "text/plain";
    }
    int end = raw.length();
    if (pos < lines.size()) {
      int before = pos > first ? lines.get(pos - 1).content : offset(pos);
      int inner = children.isEmpty() ? headerEnd : children.getLast().bodyEnd;
      end = Math.max(before, inner);
    }
    int feeds = (int) raw.substring(headerEnd, end).chars().filter(c -> c == '\n').count();
    return new Node(type, encoding, headerStart, headerEnd, end, feeds, message, children);
  }

  private void multipart(
      List<String> boundaries, String boundary, String type, List<Node> children) {
    List<String> all = new ArrayList<>(boundaries);
    all.add(boundary);
    String unless = type.equals("multipart/digest") ? "message/rfc822" : "text/plain";
    boolean closed = false;
    while (pos < lines.size()) {
      String which = which(closed ? boundaries : all);
      if (which == null) {
        pos++;
      } else if (closed || !which.substring(1).equals("" + boundaries.size())) {
        return;
      } else {
        pos++;
        if (which.charAt(0) == 'c') {
          closed = true;
        } else {
          children.add(part(all, unless));
        }
      }
    }
  }

  /** "o3" or "c3" when the line opens or closes the boundary at index 3, else null. */
  private @Nullable String which(List<String> boundaries) {
    Line line = lines.get(pos);
    String text = raw.substring(line.start, line.content).replaceAll("[ \t\r]+$", "");
    int longest = boundaries.stream().mapToInt(String::length).max().orElse(0) + 4;
    int feed = line.end > line.content ? 1 : 0;
    if (line.end - feed - line.start > longest + 256) {
      return null; // more padding than any gateway adds
    }
    @Nullable String found = null;
    int length = -1;
    for (int i = 0; i < boundaries.size(); i++) {
      String boundary = boundaries.get(i);
      String stripped = boundary.stripTrailing();
      boolean opens = text.equals("--" + stripped);
      boolean closes = text.equals("--" + boundary + "--");
      if ((opens || closes) && stripped.length() >= length) {
        length = stripped.length();
        found = (opens ? "o" : "c") + i;
      }
    }
    return found;
  }
}
