package net.mailagent.mime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Message identifiers in Message-ID, References and In-Reply-To (RFC 5322 section 3.6.4). */
final class MessageIds {
  /** Of longer lists the first and the last count: root and parents of a thread. */
  private static final int MAX = 1_000;

  /** Longer than any identifier that is one; an index key must hold it. */
  private static final int MAX_LENGTH = 500;

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private MessageIds() {}

  /** The identifiers in angle brackets, white space inside left out, each once. */
  static List<String> all(String field) {
    Set<String> ids = new LinkedHashSet<>();
    int at = field.indexOf('<');
    while (at >= 0) {
      int end = field.indexOf('>', at);
      if (end < 0) {
        break;
      }
      int inner = field.lastIndexOf('<', end);
      String id = SPACE.matcher(field.substring(inner, end + 1)).replaceAll("");
      if (id.length() > 2 && id.length() <= MAX_LENGTH) {
        ids.add(id);
      }
      at = field.indexOf('<', end);
    }
    List<String> list = new ArrayList<>(ids);
    if (list.size() > MAX) {
      list.subList(1, list.size() - MAX + 1).clear();
    }
    return list;
  }

  /** The identifier of a Message-ID field, in angle brackets even if the sender left them out. */
  static String own(String field) {
    List<String> ids = all(field);
    if (!ids.isEmpty()) {
      return ids.getFirst();
    }
    String bare = field.strip();
    boolean usable =
        !bare.isEmpty()
            && bare.length() < MAX_LENGTH - 2
            && bare.chars().noneMatch(c -> c <= ' ' || c == '<' || c == '>');
    return usable ? "<" + bare + ">" : "";
  }
}
