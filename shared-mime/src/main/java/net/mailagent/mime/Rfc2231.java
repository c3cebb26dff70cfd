package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Parameter values in pieces and in character sets (RFC 2231): {@code name*0*=utf-8''a%20;
 * name*1="b"}. Raw parameters hold octets as characters 0 to 255.
 */
final class Rfc2231 {
  private Rfc2231() {}

  /** One piece: what the name says of it, and its raw value. */
  private record Piece(boolean extended, String value) {}

  /**
   * Joins the pieces without decoding: {@code name} when all are plain, {@code name*} with a value
   * in percent notation when one of them is. The order is that of the first pieces.
   */
  static List<Param> join(List<Param> raw) {
    boolean pieces = false;
    for (Param parameter : raw) {
      pieces |= parameter.name().indexOf('*') > 0;
    }
    if (!pieces) {
      return raw;
    }
    List<Param> out = new ArrayList<>();
    for (Joined joined : gather(raw)) {
      out.add(joined.undecoded());
    }
    return out;
  }

  /** The parameters with lower-case names and decoded values; of several of a name the first. */
  static List<Param> decode(List<Param> raw) {
    if (raw.isEmpty()) {
      return List.of();
    }
    Map<String, Param> out = new LinkedHashMap<>();
    for (Joined joined : gather(raw)) {
      Param decoded = new Param(joined.name.toLowerCase(Locale.ROOT), joined.decoded());
      // The extended form is the better one where both are sent (RFC 6266 section 4.3).
      if (joined.extended()) {
        out.put(decoded.name(), decoded);
      } else {
        out.putIfAbsent(decoded.name(), decoded);
      }
    }
    return List.copyOf(out.values());
  }

  /** The octets of one parameter with pieces joined and percents undone. */
  static Optional<String> find(List<Param> raw, String name) {
    if (raw.isEmpty()) {
      return Optional.empty();
    }
    for (Joined joined : gather(raw)) {
      if (joined.name.equalsIgnoreCase(name)) {
        return Optional.of(joined.octets());
      }
    }
    return Optional.empty();
  }

  private static List<Joined> gather(List<Param> raw) {
    List<Joined> out = new ArrayList<>();
    Map<String, Joined> inPieces = new LinkedHashMap<>();
    for (Param param : raw) {
      String name = param.name();
      boolean extended = name.length() > 1 && name.endsWith("*");
      String base = extended ? name.substring(0, name.length() - 1) : name;
      int star = base.lastIndexOf('*');
      int number = star > 0 ? number(base, star + 1) : -1;
      if (number < 0) {
        Joined single = new Joined(base);
        single.pieces.put(0, new Piece(extended, param.value()));
        out.add(single);
      } else {
        String key = base.substring(0, star);
        Joined joined = inPieces.get(key.toLowerCase(Locale.ROOT));
        if (joined == null) {
          joined = new Joined(key);
          inPieces.put(key.toLowerCase(Locale.ROOT), joined);
          out.add(joined);
        }
        joined.pieces.putIfAbsent(number, new Piece(extended, param.value()));
      }
    }
    return out;
  }

  private static int number(String text, int from) {
    if (from >= text.length() || text.length() - from > 4) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private static final class Joined {
    final String name;
    final Map<Integer, Piece> pieces = new TreeMap<>();

    Joined(String name) {
      this.name = name;
    }

    boolean extended() {
      return pieces.values().stream().anyMatch(Piece::extended);
    }

    Param undecoded() {
      boolean extended = extended();
      StringBuilder out = new StringBuilder();
      boolean first = true;
      for (Piece piece : pieces.values()) {
        if (!extended || piece.extended) {
          out.append(piece.value);
        } else {
          if (first) {
            out.append("''"); // no charset, no language: the value starts behind the second quote
          }
          escape(piece.value, out);
        }
        first = false;
      }
      return new Param(extended ? name + "*" : name, out.toString());
    }

    /** The value without charset and language, as octets. */
    String octets() {
      StringBuilder out = new StringBuilder();
      boolean first = true;
      for (Piece piece : pieces.values()) {
        String value = first && piece.extended ? behindLanguage(piece.value) : piece.value;
        out.append(piece.extended ? unescape(value) : value);
        first = false;
      }
      return out.toString();
    }

    String decoded() {
      Piece first = pieces.values().iterator().next();
      if (!extended()) {
        return HeaderText.decode(octets());
      }
      int quote = first.extended ? first.value.indexOf('\'') : -1;
      String charset = quote > 0 ? first.value.substring(0, quote) : "";
      return HeaderText.inCharset(octets(), charset);
    }

    private static String behindLanguage(String value) {
      int quote = value.indexOf('\'');
      int second = quote < 0 ? -1 : value.indexOf('\'', quote + 1);
      return second < 0 ? value : value.substring(second + 1);
    }

    private static void escape(String octets, StringBuilder out) {
      for (int i = 0; i < octets.length(); i++) {
        char c = octets.charAt(i);
        boolean plain =
            c > ' ' && c < 127 && "*'%()<>@,;:\\\"/[]?=".indexOf(c) < 0; // attribute-char
        if (plain) {
          out.append(c);
        } else {
          out.append('%').append(HEX.charAt(c >> 4 & 15)).append(HEX.charAt(c & 15));
        }
      }
    }

    private static String unescape(String value) {
      if (value.indexOf('%') < 0) {
        return value;
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(value.length());
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == '%' && i + 2 < value.length()) {
          int high = Character.digit(value.charAt(i + 1), 16);
          int low = Character.digit(value.charAt(i + 2), 16);
          if (high >= 0 && low >= 0) {
            out.write(high << 4 | low);
            i += 2;
            continue;
          }
        }
        out.write(c);
      }
      return out.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private static final String HEX = "0123456789ABCDEF";
}
