package net.mailagent.mime;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A Date field (RFC 5322 section 3.3, with the obsolete forms of section 4.3 and what is seen
 * beside them).
 *
 * @param date as shown, disregarding time and zone
 * @param instant the moment; UTC where the zone is missing or unknown
 */
record MailDate(LocalDate date, Instant instant) {
  private static final int MAX_LENGTH = 200;
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final Map<String, Integer> ZONES =
      Map.of(
          "est", -5, "edt", -4, "cst", -6, "cdt", -5, "mst", -7, "mdt", -6, "pst", -8, "pdt", -7);

  /** Reads an unfolded value. */
  static Optional<MailDate> parse(String field) {
    int day = -1;
    int month = -1;
    int year = -1;
    LocalTime time = null;
    int zone = 0;
    for (String token : tokens(field)) {
      char first = token.charAt(0);
      boolean signed = first == '+' || first == '-';
      if (token.indexOf(':') > 0) {
        time = time(token);
        if (time == null) {
          return Optional.empty();
        }
      } else if (signed && time != null) {
        zone = offset(token);
      } else if (Character.isDigit(first)) {
        int number = number(token);
        if (number < 0) {
          return Optional.empty();
        }
        if (day < 0 && number <= 31 && token.length() <= 2) {
          day = number;
        } else if (year < 0) {
          year = year(number, token.length());
        }
      } else if (month < 0 && month(token) > 0) {
        month = month(token);
      } else if (time != null) {
        zone = ZONES.getOrDefault(token, 0) * 3600;
      }
    }
    if (day < 0 || month < 0 || year < 0) {
      return Optional.empty();
    }
    try {
      LocalDate date = LocalDate.of(year, month, day);
      LocalDateTime local = date.atTime(time == null ? LocalTime.MIDNIGHT : time);
      ZoneOffset offset = ZoneOffset.ofTotalSeconds(zone);
      return Optional.of(new MailDate(date, local.toInstant(offset)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Lower-case words without commas and comments; dashes between digits and letters part too. */
  private static List<String> tokens(String field) {
    List<String> tokens = new ArrayList<>();
    StringBuilder token = new StringBuilder();
    int depth = 0;
    String text = field.length() > MAX_LENGTH ? field.substring(0, MAX_LENGTH) : field;
    for (char c : (text + " ").toLowerCase(Locale.ROOT).toCharArray()) {
      boolean sign = c == '-' || c == '+';
      if (c == '(') {
        depth++;
      }
      boolean parts = c == ',' || c == '(' || c == ')' || Parameters.isSpace(c) || sign;
      if (parts && !token.isEmpty() && depth <= (c == '(' ? 1 : 0)) {
        tokens.add(token.toString());
        token.setLength(0);
      }
      if (c == ')') {
        depth = Math.max(0, depth - 1);
      } else if (depth == 0 && (!parts || sign)) {
        token.append(c);
      }
    }
    // In 03-Jan-1996 the dashes are no signs.
    List<String> out = new ArrayList<>();
    boolean time = false;
    for (String t : tokens) {
      time |= t.indexOf(':') > 0;
      String bare = !time && t.startsWith("-") ? t.substring(1) : t;
      boolean goesOn = !out.isEmpty() && (t.startsWith(":") || out.getLast().endsWith(":"));
      if (goesOn) {
        out.add(out.removeLast() + bare); // white space around the colons of the time
        time = true;
      } else if (!bare.isEmpty()) {
        out.add(bare);
      }
    }
    return out;
  }

  private static @org.jspecify.annotations.Nullable LocalTime time(String token) {
    String[] parts = token.split(":", -1);
    int hour = number(parts[0]);
    int minute = number(parts[1]);
    int second = parts.length > 2 ? number(parts[2].split("\\.", 2)[0]) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
      return null;
    }
    return LocalTime.of(hour, minute, Math.min(second, 59)); // a leap second
  }

  private static int offset(String token) {
    int digits = number(token.substring(1));
    if (digits < 0 || token.length() != 5) {
      return 0;
    }
    int seconds = (digits / 100 * 60 + digits % 100) * 60;
    int bounded = seconds > 18 * 3600 ? 0 : seconds;
    return token.charAt(0) == '-' ? -bounded : bounded;
  }

  /** Section 4.3: two digits are of 1950 to 2049, three count from 1900. */
  private static int year(int number, int digits) {
    if (digits <= 2) {
      return number < 50 ? 2000 + number : 1900 + number;
    }
    return digits == 3 ? 1900 + number : number;
  }

  private static int month(String token) {
    int at = token.length() < 3 ? -1 : MONTHS.indexOf(token.substring(0, 3));
    return at >= 0 && at % 3 == 0 ? at / 3 + 1 : -1;
  }

  private static int number(String digits) {
    if (digits.isEmpty() || digits.length() > 4) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
