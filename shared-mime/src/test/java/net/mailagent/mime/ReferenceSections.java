package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.mailagent.model.Section;

/**
 * What every section of a message holds, cut out of the message as a string: all part numbers are
 * written down first, then looked up (RFC 9051 section 6.4.5.1, RFC 3516).
 */
final class ReferenceSections {
  private final String raw;
  private final ReferenceParser.Node root;
  private final Map<List<Integer>, ReferenceParser.Node> parts = new LinkedHashMap<>();

  /** The messages that parts embed. */
  private final Map<List<Integer>, ReferenceParser.Node> messages = new HashMap<>();

  ReferenceSections(byte[] octets, ReferenceParser.Node root) {
    this.raw = new String(octets, StandardCharsets.ISO_8859_1);
    this.root = root;
    message(root, List.of());
  }

  private void message(ReferenceParser.Node message, List<Integer> number) {
    messages.put(number, message);
    if (isMultipart(message)) {
      children(message, number);
    } else {
      part(message, append(number, 1));
    }
  }

  private void children(ReferenceParser.Node multipart, List<Integer> number) {
    for (int i = 0; i < multipart.children().size(); i++) {
      part(multipart.children().get(i), append(number, i + 1));
    }
  }

  private void part(ReferenceParser.Node part, List<Integer> number) {
    parts.put(number, part);
    if (part.message()) {
      message(part.children().getFirst(), number);
    } else if (isMultipart(part)) {
      children(part, number);
    } else if (part.mediaType().equals("message/rfc822")
        || part.mediaType().equals("message/global")) {
      // encoded: BODYSTRUCTURE shows an empty text in it
      int at = part.headerEnd();
      message(
          new ReferenceParser.Node("text/plain", "7bit", at, at, at, 0, false, List.of()), number);
    }
  }

  private static boolean isMultipart(ReferenceParser.Node node) {
    return !node.message() && !node.children().isEmpty();
  }

  private static List<Integer> append(List<Integer> number, int last) {
    java.util.ArrayList<Integer> longer = new java.util.ArrayList<>(number);
    longer.add(last);
    return List.copyOf(longer);
  }

  /** All part numbers. */
  Iterable<List<Integer>> numbers() {
    return parts.keySet();
  }

  /** What a section holds; empty when the message has no such section. */
  Optional<String> text(Section section) {
    List<Integer> number = section.part();
    ReferenceParser.Node part = number.isEmpty() ? root : parts.get(number);
    ReferenceParser.Node message = messages.get(number);
    if (part == null) {
      return Optional.empty();
    }
    return switch (section.text()) {
      case Section.Text.Content c when number.isEmpty() -> Optional.of(raw);
      case Section.Text.Content c -> Optional.of(body(part));
      case Section.Text.Mime m when number.isEmpty() -> Optional.empty();
      case Section.Text.Mime m -> Optional.of(header(part));
      case Section.Text.Header h -> Optional.ofNullable(message).map(this::header);
      case Section.Text.Body b -> Optional.ofNullable(message).map(this::body);
      case Section.Text.HeaderFields f ->
          Optional.ofNullable(message)
              .map(m -> new ReferenceHeader(header(m)).filtered(f.names(), f.not()));
      case Section.Text.Binary b when number.isEmpty() -> Optional.of(raw);
      case Section.Text.Binary b when !part.children().isEmpty() -> Optional.of(body(part));
      case Section.Text.Binary b ->
          switch (part.transferEncoding()) {
            case "base64" -> Optional.of(base64(body(part)));
            case "quoted-printable" -> Optional.of(quotedPrintable(body(part)));
            case "x-uuencode", "uuencode", "x-uue" -> Optional.of(uuencoded(body(part)));
            default -> Optional.of(body(part));
          };
    };
  }

  private String header(ReferenceParser.Node node) {
    return raw.substring(node.headerStart(), node.headerEnd());
  }

  private String body(ReferenceParser.Node node) {
    return raw.substring(node.headerEnd(), node.bodyEnd());
  }

  /** RFC 2045 section 6.8: what is not of the alphabet is passed over, padding ends a group. */
  static String base64(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String run : text.split("=")) {
      String digits = run.replaceAll("[^A-Za-z0-9+/]", "");
      int rest = digits.length() % 4;
      String groups = rest == 1 ? digits.substring(0, digits.length() - 1) : digits;
      String padded = groups + (rest == 2 ? "==" : rest == 3 ? "=" : "");
      out.writeBytes(Base64.getDecoder().decode(padded));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static final Pattern LINE = Pattern.compile("([^\n]*?)([ \t\r]*)(\n|\\z)");
  private static final Pattern ESCAPE = Pattern.compile("=([0-9A-Fa-f]{2})");

  /** RFC 2045 section 6.7, line by line. */
  static String quotedPrintable(String text) {
    StringBuilder out = new StringBuilder();
    Matcher line = LINE.matcher(text);
    while (line.find() && line.end() > line.start()) {
      String core = line.group(1);
      boolean soft = core.endsWith("=");
      String content = soft ? core.substring(0, core.length() - 1) : core;
      out.append(
          ESCAPE
              .matcher(content)
              .replaceAll(m ->
                  Matcher.quoteReplacement(
                      String.valueOf((char) Integer.parseInt(m.group(1), 16)))));
      if (!soft && line.group(3).isEmpty()) {
        out.append(line.group(2));
      } else if (!soft) {
        out.append(line.group(2).endsWith("\r") ? "\r\n" : "\n");
      }
    }
    return out.toString();
  }

  /** As POSIX describes uuencode; lines that are no part of it are passed over. */
  static String uuencoded(String text) {
    StringBuilder out = new StringBuilder();
    boolean inside = false;
    for (String line : text.replace("\r", "").split("\n")) {
      if (!inside) {
        inside = line.startsWith("begin ");
      } else if (line.equals("end")) {
        inside = false;
      } else if (!line.isEmpty() && line.charAt(0) >= ' ' && line.charAt(0) <= '`') {
        int count = (line.charAt(0) - 32) % 64;
        StringBuilder bits = new StringBuilder();
        for (char c : line.substring(1).toCharArray()) {
          int six = c >= ' ' && c <= '`' ? (c - 32) % 64 : 0;
          bits.append(Integer.toBinaryString(64 + six), 1, 7);
        }
        bits.append("0".repeat(8 * count));
        for (int i = 0; i < count; i++) {
          out.append((char) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2));
        }
      }
    }
    return out.toString();
  }
}
