package net.mailagent.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import net.mailagent.model.Flags;

/**
 * How an uploaded message is placed.
 *
 * @param internalDate in seconds since 1970
 */
record PlacingOptions(Flags flags, long internalDate) {
  private static final String DATE_PROBLEM =
      "is a date such as 2026-01-31T12:00:00Z, 2026-01-31, or milliseconds since 1970";
  private static final long LAST_SECOND = 253_402_300_799L; // the year 9999 ends

  /**
   * Reads {@code unseen}, {@code flagged}, {@code draft} and {@code date}.
   *
   * @param given their texts by name
   * @param problems where what is wrong is added, by name
   */
  static PlacingOptions read(
      Function<String, Optional<String>> given, Map<String, String> problems) {
    List<String> flags = new ArrayList<>();
    // who stores a message has seen it, unless told otherwise
    if (!isSet(given, "unseen", problems)) {
      flags.add("\\Seen");
    }
    if (isSet(given, "flagged", problems)) {
      flags.add("\\Flagged");
    }
    if (isSet(given, "draft", problems)) {
      flags.add("\\Draft");
    }
    Optional<String> date = given.apply("date").filter(text -> !text.isBlank());
    long seconds = Instant.now().getEpochSecond();
    if (date.isPresent()) {
      try {
        seconds = seconds(date.get().strip());
      } catch (DateTimeException | NumberFormatException e) {
        problems.put("date", DATE_PROBLEM);
      }
    }
    return new PlacingOptions(Flags.of(flags), seconds);
  }

  private static boolean isSet(
      Function<String, Optional<String>> given, String name, Map<String, String> problems) {
    String text = given.apply(name).orElse("").strip().toLowerCase(Locale.ROOT);
    return switch (text) {
      case "true", "yes", "y", "on", "1" -> true;
      case "", "false", "no", "n", "off", "0" -> false;
      default -> {
        problems.put(name, "is true or false");
        yield false;
      }
    };
  }

  private static long seconds(String text) {
    long seconds;
    if (text.matches("[0-9]+")) {
      seconds = Long.parseLong(text) / 1000;
    } else if (text.length() == 10) {
      seconds = LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    } else {
      seconds = OffsetDateTime.parse(text).toEpochSecond();
    }
    if (seconds < 0 || seconds > LAST_SECOND) {
      throw new DateTimeException("out of range");
    }
    return seconds;
  }
}
