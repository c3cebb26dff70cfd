package net.mailagent.mime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the subjects of a thread have in common (RFC 8621 section 3): the base subject of RFC 5256
 * without what mail programs of other languages put in front, white space left out.
 */
final class ThreadSubject {
  /**
   * For replies and forwarded messages in German, Dutch, Scandinavian, Finnish, Romance, Polish,
   * Turkish, Welsh, Russian, Greek, Chinese and Korean; with a number as in "Re[2]:" or "Re^2:".
   */
  private static final Pattern PREFIX =
      Pattern.compile(
          "\\A(?:re|fwd?|aw|wg|antw(?:ort)?|doorst|sv|vs|vl|vb|rv|res|enc|rif|tr|ref|odp|pd|ynt|ilt"
              + "|atb|\u043e\u0442\u0432|\u043f\u0435\u0440\u0435\u0441\u043b|\u03b1\u03c0|\u03c3\u03c7\u03b5\u03c4"
              + "|\u56de\u590d|\u56de\u8986|\u7b54\u590d|\u8f6c\u53d1|\u8f49\u5bc4|\ud68c\uc2e0|\uc804\ub2ec)"
              + "\\s*+(?:\\[\\d{1,3}\\]|\\(\\d{1,3}\\)|\\^\\d{1,3})?+\\s*+:");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private ThreadSubject() {}

  /** That of a base subject; empty when nothing is left of it. */
  static String of(String baseSubject) {
    String base = baseSubject;
    if (base.indexOf(':') > 0) {
      for (Matcher prefix = PREFIX.matcher(base); prefix.find(); prefix = PREFIX.matcher(base)) {
        base = BaseSubject.of(base.substring(prefix.end()));
      }
    }
    return base.indexOf(' ') < 0 ? base : SPACE.matcher(base).replaceAll("");
  }
}
