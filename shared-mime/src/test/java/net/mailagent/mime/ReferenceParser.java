package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An independent reading of a message, slow and simple: the whole array, cut into lines, by
 * recursive descent. Knows no limits, and of header fields only what the tests write.
 */
final class ReferenceParser {
  record Node(
      String mediaType,
      int headerStart,
      int headerEnd,
      int bodyEnd,
      int lines,
      boolean message,
      List<Node> children) {}

  private record Line(int start, int content, int end) {}

  private static final Pattern TYPE =
      Pattern.compile("(?md)^content-type:[ \t]*([^;\n]*)(.*)$", Pattern.CASE_INSENSITIVE);
  private static final Pattern BOUNDARY =
      Pattern.compile("boundary=(?:\"([^\"]*)\"|([^;\n]*))", Pattern.CASE_INSENSITIVE);

  private final String raw;
  private final List<Line> lines = new ArrayList<>();
  private int pos;

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

  static Node parse(byte[] raw) {
    return new ReferenceParser(raw).part(List.of(), "text/plain");
  }

  private int offset(int line) {
    return line < lines.size() ? lines.get(line).start : raw.length();
  }

  private Node part(List<String> boundaries, String unless) {
    int headerStart = offset(pos);
    int first = pos;
    boolean blank = false;
    while (pos < lines.size() && !blank && which(boundaries) == null) {
      Line line = lines.get(pos++);
      blank = line.content == line.start && line.end > line.content;
    }
    int headerEnd = offset(pos);
    String header = raw.substring(headerStart, headerEnd).replaceAll("\r?\n([ \t])", "$1");
    String type = unless;
    String boundary = "";
    Matcher field = TYPE.matcher(header);
    if (field.find()) {
      type = field.group(1).strip().toLowerCase(Locale.ROOT);
      if (!type.matches("[a-z0-9]+/[a-z0-9]+")) {
        type = "text/plain";
      }
      Matcher parameter = BOUNDARY.matcher(field.group(2));
      if (parameter.find()) {
        boundary = parameter.group(1) != null ? parameter.group(1) : parameter.group(2).strip();
      }
    }
    List<Node> children = new ArrayList<>();
    boolean encoded = header.contains("\nContent-Transfer-Encoding: base64");
    encoded |= header.startsWith("Content-Transfer-Encoding: base64");
    boolean message = type.equals("message/rfc822") && !encoded;
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
    return new Node(type, headerStart, headerEnd, end, feeds, message, children);
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
