package net.mailagent.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An independent reading of a header block: the whole string, cut by patterns (RFC 5322 section
 * 2.2, RFC 2045 section 5.1, RFC 2231). Of values it reads what the grammar allows and no more;
 * {@link #defined} tells whether that was all there is to read.
 */
final class ReferenceHeader {
  private static final Pattern NAME = Pattern.compile("([!-9;-~]+)[ \t]*:");
  private static final String TOKEN = "[!#$%&'*+\\-.0-9A-Z^_`a-z{|}~]+";
  private static final String VALUE = "(?:\"[^\"\\\\]*\"|[^\\s;\"()\\\\]+)";
  private static final Pattern TYPE =
      Pattern.compile("(" + TOKEN + ")/(" + TOKEN + ")([ \t]*(?:;.*)?)");
  private static final Pattern PARAMETER =
      Pattern.compile("[ \t]*;[ \t]*(?:(" + TOKEN + ")=(" + VALUE + "))?");
  private static final Pattern PIECE = Pattern.compile("([^*]+)(?:\\*([0-9]{1,3}))?(\\*)?");

  /** Fields with their folds, lines that are no fields, and the blank line. */
  private final List<String> lines;

  private boolean defined = true;

  ReferenceHeader(String block) {
    lines = block.isEmpty() ? List.of() : List.of(block.split("(?<=\n)(?![ \t])", -1));
  }

  private static boolean isBlank(String line) {
    return line.equals("\n") || line.equals("\r\n");
  }

  /** Whether everything that was asked for is of a form that has one reading. */
  boolean defined() {
    return defined;
  }

  /** HEADER.FIELDS and HEADER.FIELDS.NOT. */
  String filtered(List<String> names, boolean not) {
    List<String> lower = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    String kept =
        lines.stream()
            .takeWhile(line -> !isBlank(line))
            .filter(line -> !line.isEmpty())
            .filter(line -> lower.contains(name(line).toLowerCase(Locale.ROOT)) != not)
            .collect(Collectors.joining());
    String blank = lines.stream().filter(ReferenceHeader::isBlank).findFirst().orElse("\r\n");
    return kept + (kept.isEmpty() || kept.endsWith("\n") ? "" : "\r\n") + blank;
  }

  private static String name(String line) {
    Matcher name = NAME.matcher(line);
    return name.lookingAt() ? name.group(1) : "";
  }

  /** The unfolded value of the first field of that name. */
  Optional<String> value(String field) {
    return lines.stream()
        .filter(line -> name(line).equalsIgnoreCase(field))
        .map(line -> line.substring(line.indexOf(':') + 1).replaceAll("\r?\n", ""))
        .map(value -> value.replaceAll("^[ \t\r]+|[ \t\r]+$", ""))
        .findFirst();
  }

  /** Lower-case type/subtype, or that one when there is no field. */
  String mediaType(String unless) {
    Optional<String> value = value("content-type");
    if (value.isEmpty()) {
      return unless;
    }
    if (value.get().matches("[A-Za-z0-9-]*")) {
      return "text/plain"; // no media type at all
    }
    Matcher type = TYPE.matcher(value.get());
    boolean known = type.matches() && type.group(2).length() < 100 && type.group(1).length() < 100;
    defined &= known;
    return known ? (type.group(1) + "/" + type.group(2)).toLowerCase(Locale.ROOT) : "text/plain";
  }

  /** The boundary parameter of Content-Type, its pieces joined; empty when missing. */
  String boundary() {
    Matcher type = TYPE.matcher(value("content-type").orElse(""));
    if (!type.matches()) {
      return "";
    }
    String rest = type.group(3);
    List<String[]> plain = new ArrayList<>();
    Map<Integer, String> pieces = new TreeMap<>();
    Matcher parameter = PARAMETER.matcher(rest);
    int at = 0;
    while (at < rest.length() && parameter.region(at, rest.length()).lookingAt()) {
      at = parameter.end();
      if (parameter.group(1) != null) {
        Matcher piece = PIECE.matcher(parameter.group(1));
        boolean whole = piece.matches();
        boolean ours = whole && piece.group(1).equalsIgnoreCase("boundary");
        String value = parameter.group(2).replace("\"", "");
        // What is both in pieces and whole, or has odd stars in its name, has no one reading.
        defined &= whole || !parameter.group(1).toLowerCase(Locale.ROOT).startsWith("boundary");
        if (ours) {
          boolean extended = piece.group(3) != null;
          boolean first = piece.group(2) == null || Integer.parseInt(piece.group(2)) == 0;
          String decoded = extended ? decoded(value, first) : value;
          if (piece.group(2) == null) {
            plain.add(new String[] {decoded});
          } else {
            defined &= pieces.put(Integer.parseInt(piece.group(2)), decoded) == null;
          }
        }
      }
    }
    defined &= rest.substring(at).isBlank() && plain.size() <= 1;
    defined &= plain.isEmpty() || pieces.isEmpty();
    defined &= pieces.keySet().equals(keys(pieces.size()));
    return plain.isEmpty() ? String.join("", pieces.values()) : plain.getFirst()[0];
  }

  private static java.util.Set<Integer> keys(int size) {
    return IntStream.range(0, size).boxed().collect(Collectors.toSet());
  }

  private String decoded(String value, boolean first) {
    String text = value;
    if (first) {
      String[] parts = value.split("'", 3);
      defined &= parts.length == 3;
      text = parts[parts.length - 1];
    }
    defined &= !text.replaceAll("%[0-9A-Fa-f]{2}", "").contains("%");
    return Pattern.compile("%([0-9A-Fa-f]{2})")
        .matcher(text)
        .replaceAll(
            m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 16))));
  }

  /** Lower-case Content-Transfer-Encoding, "7bit" when there is none. */
  String transferEncoding() {
    String value = value("content-transfer-encoding").orElse("");
    defined &= value.matches("[A-Za-z0-9-]{0,200}");
    return value.isEmpty() ? "7bit" : value.toLowerCase(Locale.ROOT);
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
