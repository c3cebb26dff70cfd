package net.mailagent.mime;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The base subject of RFC 5256 section 2.1, for THREAD=ORDEREDSUBJECT and SORT. */
final class BaseSubject {
  private static final int MAX_LENGTH = 1_000;

  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final String TRAILER = "(fwd)";
  private static final String BLOB = "\\[[^\\[\\]]*+\\]\\s*+";

  /** subj-leader: blobs and "Re:" or "Fwd:", or white space. */
  private static final Pattern LEADER =
      Pattern.compile("(?i)\\A(?:(?:" + BLOB + ")*+(?:re|fwd?)\\s*+(?:" + BLOB + ")?+:|\\s)");

  private static final Pattern LEADING_BLOB = Pattern.compile("\\A" + BLOB);

  private BaseSubject() {}

  /** The base subject of a decoded one, normalised as {@link Normalized#forSearch} does it. */
  static String of(String subject) {
    String bounded = HeaderText.cut(subject, MAX_LENGTH);
    if (isPlain(bounded)) {
      return Normalized.forSearch(bounded);
    }
    String base = SPACE.matcher(bounded).replaceAll(" ").strip();
    while (true) {
      base = withoutLeaders(withoutTrailers(base));
      String lower = base.toLowerCase(Locale.ROOT);
      if (!lower.startsWith("[fwd:") || !base.endsWith("]")) {
        return Normalized.forSearch(base);
      }
      base = base.substring(5, base.length() - 1);
    }
  }

  /** Whether nothing can be taken away: no colon, bracket or parenthesis, nor needless space. */
  private static boolean isPlain(String subject) {
    boolean space = true;
    for (int i = 0; i < subject.length(); i++) {
      char c = subject.charAt(i);
      boolean blank = c == ' ';
      if ((blank && space) || c < ' ' || c == ':' || c == '[' || c == '(' || c >= 127) {
        return false;
      }
      space = blank;
    }
    return !space || subject.isEmpty();
  }

  /** White space is single spaces here. */
  private static String withoutTrailers(String subject) {
    int end = subject.length();
    while (true) {
      int trailer = end - TRAILER.length();
      if (end > 0 && subject.charAt(end - 1) == ' ') {
        end--;
      } else if (subject.regionMatches(true, trailer, TRAILER, 0, TRAILER.length())) {
        end = trailer;
      } else {
        return subject.substring(0, end);
      }
    }
  }

  private static String withoutLeaders(String subject) {
    String rest = subject;
    while (true) {
      String before = rest;
      Matcher leader = LEADER.matcher(rest);
      if (leader.find()) {
        rest = rest.substring(leader.end());
      }
      Matcher blob = LEADING_BLOB.matcher(rest);
      // A blob that is all there is stays: it is the subject.
      if (blob.find() && blob.end() < rest.length()) {
        rest = rest.substring(blob.end());
      }
      if (rest.equals(before)) {
        return rest;
      }
    }
  }
}
