package net.mailagent.model;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The flags of one message: system flags and keywords (RFC 9051 section 2.3.2), an immutable set
 * without case. System flags keep their standard spelling, keywords the one they came with. \Recent
 * is deliberately not kept.
 */
public final class Flags {
  /** No flag at all. */
  public static final Flags NONE = new Flags(0, List.of());

  /** How many keywords one message may have: bounds what hostile clients can build up. */
  public static final int MAX_KEYWORDS = 100;

  private static final int SEEN = 1;
  private static final int ANSWERED = 2;
  private static final int FLAGGED = 4;
  private static final int DELETED = 8;
  private static final int DRAFT = 16;
  private static final List<String> SYSTEM =
      List.of("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft");

  private final int system;
  private final List<String> keywords; // sorted without case, no two alike

  private Flags(int system, List<String> keywords) {
    this.system = system;
    this.keywords = keywords;
  }

  /** The names of the system flags in their standard spelling. */
  public static List<String> systemNames() {
    return SYSTEM;
  }

  /**
   * The set of these flags.
   *
   * @throws IllegalArgumentException if a name with a backslash is not a system flag
   */
  public static Flags of(Collection<String> names) {
    int system = 0;
    Map<String, String> keywords = new TreeMap<>();
    for (String name : names) {
      int bit = bit(name);
      if (bit != 0) {
        system |= bit;
      } else if (name.startsWith("\\")) {
        throw new IllegalArgumentException("not a system flag: " + name);
      } else {
        keywords.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
      }
    }
    return system == 0 && keywords.isEmpty()
        ? NONE
        : new Flags(system, List.copyOf(keywords.values()));
  }

  /** The set of these flags. */
  public static Flags of(String... names) {
    return of(List.of(names));
  }

  private static int bit(String name) {
    for (int i = 0; i < SYSTEM.size(); i++) {
      if (SYSTEM.get(i).equalsIgnoreCase(name)) {
        return 1 << i;
      }
    }
    return 0;
  }

  /**
   * Refuses these flags for a message when there are too many of them.
   *
   * @throws Refused LimitReached
   */
  public void requireBounded() {
    if (keywords.size() > MAX_KEYWORDS) {
      throw new Refused(
          new Refusal.LimitReached("a message has at most " + MAX_KEYWORDS + " keywords"));
    }
  }

  public boolean seen() {
    return (system & SEEN) != 0;
  }

  public boolean answered() {
    return (system & ANSWERED) != 0;
  }

  public boolean flagged() {
    return (system & FLAGGED) != 0;
  }

  public boolean deleted() {
    return (system & DELETED) != 0;
  }

  public boolean draft() {
    return (system & DRAFT) != 0;
  }

  /** The keywords, sorted without case. */
  public List<String> keywords() {
    return keywords;
  }

  /** Whether this set holds that system flag or keyword, compared without case. */
  public boolean contains(String name) {
    int bit = bit(name);
    if (bit != 0) {
      return (system & bit) != 0;
    }
    for (String keyword : keywords) {
      if (keyword.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  /** All flags: system flags in the order of the standard, then keywords. */
  public List<String> names() {
    List<String> names = new java.util.ArrayList<>();
    for (int i = 0; i < SYSTEM.size(); i++) {
      if ((system & (1 << i)) != 0) {
        names.add(SYSTEM.get(i));
      }
    }
    names.addAll(keywords);
    return names;
  }

  public boolean isEmpty() {
    return system == 0 && keywords.isEmpty();
  }

  /** This set with those added. */
  public Flags plus(Flags more) {
    if (more.keywords.isEmpty()) {
      return more.system == (system & more.system)
          ? this
          : new Flags(system | more.system, keywords);
    }
    List<String> all = names();
    all.addAll(more.names());
    return of(all);
  }

  /** This set with those removed. */
  public Flags minus(Flags less) {
    if (keywords.isEmpty() || less.keywords.isEmpty()) {
      return (system & less.system) == 0 ? this : new Flags(system & ~less.system, keywords);
    }
    return new Flags(
        system & ~less.system,
        keywords.stream().filter(keyword -> !less.contains(keyword)).toList());
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Flags that)
        || system != that.system
        || keywords.size() != that.keywords.size()) {
      return false;
    }
    for (int i = 0; i < keywords.size(); i++) {
      if (!keywords.get(i).equalsIgnoreCase(that.keywords.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = system;
    for (String keyword : keywords) {
      hash = 31 * hash + keyword.toLowerCase(Locale.ROOT).hashCode();
    }
    return hash;
  }

  /** The flags as in a FLAGS response, without parentheses. */
  @Override
  public String toString() {
    return String.join(" ", names());
  }
}
