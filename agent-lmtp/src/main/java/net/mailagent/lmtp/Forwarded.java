package net.mailagent.lmtp;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes of XFORWARD as Postfix defines them: NAME ADDR PORT PROTO HELO IDENT SOURCE of the
 * client from which a trusted relay got the message. They hold for the next transaction only.
 *
 * @param values by upper-case name; what is not known is missing
 */
record Forwarded(Map<String, String> values) {
  static final Forwarded NONE = new Forwarded(Map.of());

  /** The names that are understood, in the order in which LHLO offers them. */
  static final List<String> NAMES =
      List.of("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE");

  private static final int MAX_VALUE = 255;

  Forwarded {
    values = Map.copyOf(values);
  }

  /** The relay's queue id of the message. */
  Optional<String> queueId() {
    return Optional.ofNullable(values.get("IDENT"));
  }

  /** These attributes with those of a later command, which win. */
  Forwarded plus(Forwarded later) {
    Map<String, String> all = new HashMap<>(values);
    all.putAll(later.values);
    return new Forwarded(all);
  }

  /** Reads {@code NAME=xtext} attributes divided by blanks. */
  static Forwarded parse(String arguments) throws CommandRefused {
    Map<String, String> values = new HashMap<>();
    if (arguments.isBlank()) {
      throw new CommandRefused(Reply.badArguments("XFORWARD needs attributes"));
    }
    for (String attribute : arguments.strip().split(" +", -1)) {
      int equals = attribute.indexOf('=');
      String name = attribute.substring(0, Math.max(0, equals)).toUpperCase(Locale.ROOT);
      if (!NAMES.contains(name)) {
        throw new CommandRefused(Reply.badArguments("unknown XFORWARD attribute"));
      }
      String value = Xtext.decode(attribute.substring(equals + 1));
      if (value.length() > MAX_VALUE || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new CommandRefused(
            Reply.badArguments("an XFORWARD value has at most 255 visible ASCII characters"));
      }
      if (!value.isEmpty()
          && !value.equalsIgnoreCase("[UNAVAILABLE]")
          && !value.equalsIgnoreCase("[TEMPUNAVAIL]")) {
        values.put(name, value);
      }
    }
    return new Forwarded(values);
  }
}
