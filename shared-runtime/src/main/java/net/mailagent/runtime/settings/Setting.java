package net.mailagent.runtime.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One setting: one name in three spellings. {@code imap.port} (YAML), {@code --imap-port} (command
 * line), {@code MAIL_AGENT_IMAP_PORT} (environment). Each module declares its settings as constants
 * of one class. Immutable; any thread.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");

  private final String name;
  private final T defaultValue;
  private final String defaultText;
  private final String allowed;
  private final String description;
  private final boolean flag;
  private final Function<String, T> parser;

  private Setting(
      String name,
      T defaultValue,
      String defaultText,
      String allowed,
      String description,
      boolean flag,
      Function<String, T> parser) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name of a setting: " + name);
    }
    this.name = name;
    this.defaultValue = defaultValue;
    this.defaultText = defaultText;
    this.allowed = allowed;
    this.description = description;
    this.flag = flag;
    this.parser = parser;
  }

  /** A whole number from {@code min} to {@code max}, both allowed. */
  public static Setting<Integer> integer(
      String name, int defaultValue, int min, int max, String description) {
    String allowed = "a whole number from " + min + " to " + max;
    return new Setting<>(
        name,
        defaultValue,
        Integer.toString(defaultValue),
        allowed,
        description,
        false,
        text -> {
          int value = Integer.parseInt(text);
          require(value >= min && value <= max);
          return value;
        });
  }

  /** Text that is not empty. */
  public static Setting<String> text(String name, String defaultValue, String description) {
    return new Setting<>(
        name,
        defaultValue,
        defaultValue,
        "text that is not empty",
        description,
        false,
        text -> {
          require(!text.isBlank());
          return text;
        });
  }

  /** Text that may be left out: absent by default and when it is given empty. */
  public static Setting<Optional<String>> optionalText(String name, String description) {
    return new Setting<>(
        name,
        Optional.empty(),
        "",
        "text, or nothing",
        description,
        false,
        text -> text.isBlank() ? Optional.empty() : Optional.of(text));
  }

  /** One of the listed words, compared without case; the value is spelled as listed. */
  public static Setting<String> choice(
      String name, String defaultValue, List<String> choices, String description) {
    return new Setting<>(
        name,
        defaultValue,
        defaultValue,
        "one of " + String.join(", ", choices),
        description,
        false,
        text ->
            choices.stream()
                .filter(c -> c.equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
  }

  /** True or false; on the command line the bare option means true. */
  public static Setting<Boolean> flag(String name, boolean defaultValue, String description) {
    return new Setting<>(
        name,
        defaultValue,
        Boolean.toString(defaultValue),
        "true or false",
        description,
        true,
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "yes", "on" -> true;
              case "false", "no", "off" -> false;
              default -> throw new IllegalArgumentException();
            });
  }

  /** A time span with its unit: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}. */
  public static Setting<Duration> duration(
      String name, Duration defaultValue, Duration min, Duration max, String description) {
    return new Setting<>(
        name,
        defaultValue,
        format(defaultValue),
        "a time span such as 500ms, 30s, 5m, 2h or 7d, from " + format(min) + " to " + format(max),
        description,
        false,
        text -> {
          Duration value = parseDuration(text);
          require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
          return value;
        });
  }

  /** A number of octets: {@code 4096}, {@code 64KiB}, {@code 50MiB}, {@code 1GiB}. */
  public static Setting<Long> size(
      String name, long defaultValue, long min, long max, String description) {
    return new Setting<>(
        name,
        defaultValue,
        formatSize(defaultValue),
        "a size such as 64KiB, 50MiB or 1GiB, from " + formatSize(min) + " to " + formatSize(max),
        description,
        false,
        text -> {
          long value = parseSize(text);
          require(value >= min && value <= max);
          return value;
        });
  }

  /** Texts divided by commas (YAML: also a list); blanks around them are dropped. */
  public static Setting<List<String>> list(
      String name, List<String> defaultValue, String description) {
    return new Setting<>(
        name,
        List.copyOf(defaultValue),
        String.join(",", defaultValue),
        "a list divided by commas",
        description,
        false,
        Setting::split);
  }

  /**
   * A value of any type with its own parser, which refuses by {@link IllegalArgumentException}; its
   * message, when it has one, is shown beside {@code allowed}.
   */
  public static <T> Setting<T> of(
      String name, String defaultText, Function<String, T> parser, String allowed, String about) {
    return new Setting<>(
        name, parser.apply(defaultText), defaultText, allowed, about, false, parser);
  }

  /** The name as YAML has it: {@code imap.port}. */
  public String name() {
    return name;
  }

  /** The name as the command line has it: {@code --imap-port}. */
  public String option() {
    return "--" + name.replace('.', '-');
  }

  /** The name as the environment has it: {@code MAIL_AGENT_IMAP_PORT}. */
  public String variable() {
    return "MAIL_AGENT_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** What holds when the setting is given nowhere. */
  public T defaultValue() {
    return defaultValue;
  }

  /** The default as it would be written in a file; empty when there is none. */
  public String defaultText() {
    return defaultText;
  }

  /** What it does, in a sentence, for {@code --help} and the commented file. */
  public String description() {
    return description;
  }

  /** Which values are allowed, for error messages and the commented file. */
  public String allowed() {
    return allowed;
  }

  /** Whether the command line may give it without a value. */
  public boolean isFlag() {
    return flag;
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException when the text is not allowed
   */
  T parse(String text) {
    return parser.apply(text.strip());
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException();
    }
  }

  private static List<String> split(String text) {
    List<String> items = new ArrayList<>();
    Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .forEach(items::add);
    return List.copyOf(items);
  }

  private static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    require(matcher.matches());
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> throw new IllegalArgumentException();
    };
  }

  private static long parseSize(String text) {
    Matcher matcher = SIZE.matcher(text);
    require(matcher.matches());
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
  }

  private static String format(Duration value) {
    long millis = value.toMillis();
    record Unit(String suffix, long millis) {}
    for (Unit unit :
        List.of(
            new Unit("d", 86_400_000),
            new Unit("h", 3_600_000),
            new Unit("m", 60_000),
            new Unit("s", 1000))) {
      if (millis > 0 && millis % unit.millis() == 0) {
        return millis / unit.millis() + unit.suffix();
      }
    }
    return millis + "ms";
  }

  private static String formatSize(long octets) {
    for (int shift = 30; shift > 0; shift -= 10) {
      if (octets > 0 && octets % (1L << shift) == 0) {
        return (octets >> shift) + (shift == 30 ? "GiB" : shift == 20 ? "MiB" : "KiB");
      }
    }
    return Long.toString(octets);
  }

  @Override
  public String toString() {
    return name;
  }
}
