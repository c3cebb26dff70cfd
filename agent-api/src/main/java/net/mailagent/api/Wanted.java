package net.mailagent.api;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of the octets of a {@link Download} a request wants, by its preconditions and its range
 * (RFC 9110 sections 13 and 14). Several ranges at once are not served: such a request is answered
 * with all of it, as section 14.2 allows, and so is one that cannot be understood. Pure.
 */
sealed interface Wanted {
  /** All of it. */
  record Whole() implements Wanted {}

  /** Octets first to last, both included. */
  record Part(long first, long last) implements Wanted {
    long length() {
      return last - first + 1;
    }
  }

  /** The client has it already: 304. */
  record Unchanged() implements Wanted {}

  /** The client wants another version than there is: 412. */
  record OtherVersion() implements Wanted {}

  /** No octet of the range exists: 416. */
  record Outside() implements Wanted {}

  Pattern RANGE = Pattern.compile("(?i)bytes=[ \\t]*(\\d*)-(\\d*)[ \\t]*");

  /**
   * What is wanted.
   *
   * @param get whether the method is GET, the one that knows ranges (section 14.2)
   * @param tag of the octets, without quotes
   * @param length how many octets there are
   */
  static Wanted of(boolean get, MultiMap headers, String tag, long length) {
    String quoted = '"' + tag + '"';
    if (headers.contains("If-Match") && !names(headers.getAll("If-Match"), quoted, false)) {
      return new OtherVersion();
    }
    if (names(headers.getAll("If-None-Match"), quoted, true)) {
      return new Unchanged();
    }
    List<String> ranges = headers.getAll("Range");
    String ifRange = headers.get("If-Range");
    boolean whole =
        !get || ranges.size() != 1 || (ifRange != null && !ifRange.strip().equals(quoted));
    return whole ? new Whole() : range(ranges.getFirst(), length);
  }

  /** Whether a list of entity tags names that one (section 8.8.3.2). */
  private static boolean names(List<String> lists, String quoted, boolean weak) {
    for (String list : lists) {
      for (String item : list.split(",", -1)) {
        String tag = item.strip();
        if (tag.equals("*") || tag.equals(quoted) || (weak && tag.equals("W/" + quoted))) {
          return true;
        }
      }
    }
    return false;
  }

  private static Wanted range(String header, long length) {
    Matcher range = RANGE.matcher(header.strip());
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      return new Whole();
    }
    if (range.group(1).isEmpty()) {
      long suffix = number(range.group(2));
      if (suffix == 0) {
        return new Outside();
      }
      // of nothing, the last octets are all there is, and no Content-Range can say so
      return length == 0 ? new Whole() : new Part(Math.max(0, length - suffix), length - 1);
    }
    long first = number(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE : number(range.group(2));
    if (first > last) {
      return new Whole();
    }
    return first >= length ? new Outside() : new Part(first, Math.min(last, length - 1));
  }

  /** A number of any length; past what a file can have it does not matter how far. */
  private static long number(String digits) {
    String significant = digits.replaceFirst("^0+", "");
    if (significant.length() > 18) {
      return Long.MAX_VALUE;
    }
    return significant.isEmpty() ? 0 : Long.parseLong(significant);
  }
}
