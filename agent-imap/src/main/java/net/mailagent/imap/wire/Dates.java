package net.mailagent.imap.wire;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Dates of the grammar (RFC 3501 section 9: date, date-time). Pure; any thread. */
public final class Dates {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final String[] NAMES = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private static final int LAST_YEAR = 9_999;

  private Dates() {}

  /** A date such as {@code 1-Feb-1994}, with or without quotes. */
  public static LocalDate date(Parser p) throws SyntaxError {
    boolean quoted = p.take('"');
    LocalDate date = day(p, p.number(31));
    if (quoted) {
      p.require('"');
    }
    return date;
  }

  private static LocalDate day(Parser p, long dayOfMonth) throws SyntaxError {
    int position = p.position();
    p.require('-');
    StringBuilder month = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      month.append(letter(p));
    }
    p.require('-');
    long year = p.number(9999);
    try {
      return LocalDate.of((int) year, MONTHS.indexOf(month.toString()) + 1, (int) dayOfMonth);
    } catch (DateTimeException e) {
      throw new SyntaxError("no such day, at octet " + position);
    }
  }

  private static char letter(Parser p) throws SyntaxError {
    for (char c = 'A'; c <= 'Z'; c++) {
      if (p.take(c) || p.take((char) (c | 0x20))) {
        return c;
      }
    }
    throw p.expected("a month such as Feb");
  }

  /** A date-time such as {@code " 1-Feb-1994 21:52:25 -0800"}, in seconds since 1970. */
  public static long dateTime(Parser p) throws SyntaxError {
    int position = p.position();
    p.require('"');
    if (p.isNext(' ')) {
      p.space();
    }
    LocalDate date = day(p, p.number(31));
    p.space();
    long hour = p.number(23);
    p.require(':');
    long minute = p.number(59);
    p.require(':');
    long second = p.number(60);
    p.space();
    boolean west = p.take('-');
    if (!west) {
      p.require('+');
    }
    long zone = p.number(9999);
    p.require('"');
    try {
      ZoneOffset offset =
          ZoneOffset.ofTotalSeconds((int) ((zone / 100 * 60 + zone % 100) * 60) * (west ? -1 : 1));
      // a leap second is the one before it
      LocalTime time = LocalTime.of((int) hour, (int) minute, (int) Math.min(second, 59));
      OffsetDateTime utc = date.atTime(time).atOffset(offset).withOffsetSameInstant(ZoneOffset.UTC);
      if (utc.getYear() < 0 || utc.getYear() > LAST_YEAR) {
        throw new SyntaxError("no year of four digits in UTC, in the date at octet " + position);
      }
      return utc.toEpochSecond();
    } catch (DateTimeException e) {
      throw new SyntaxError("no such time zone, in the date at octet " + position);
    }
  }

  /** An INTERNALDATE without its quotes, in UTC: {@code 01-Feb-1994 05:52:25 +0000}. */
  public static String format(long secondsSince1970) {
    OffsetDateTime time =
        java.time.Instant.ofEpochSecond(secondsSince1970).atOffset(ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(26);
    two(text, time.getDayOfMonth()).append('-').append(NAMES[time.getMonthValue() - 1]);
    text.append('-');
    two(text, time.getYear() / 100);
    two(text, time.getYear() % 100).append(' ');
    two(text, time.getHour()).append(':');
    two(text, time.getMinute()).append(':');
    return two(text, time.getSecond()).append(" +0000").toString();
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}
