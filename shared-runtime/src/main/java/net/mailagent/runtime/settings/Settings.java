package net.mailagent.runtime.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The values of all settings. Command line before environment before YAML file before default. A
 * value that is not allowed is an error, and so is a name nobody knows; in the environment, where
 * others put names too (orchestrators do for services), it is a warning. Immutable; any thread.
 */
public final class Settings {
  private static final Settings DEFAULTS = new Settings(Map.of(), List.of());
  private static final String PREFIX = "MAIL_AGENT_";
  private static final Set<String> TRUTHS = Set.of("true", "false");

  private final Map<Setting<?>, Object> values;
  private final List<String> warnings;

  private Settings(Map<Setting<?>, Object> values, List<String> warnings) {
    this.values = values;
    this.warnings = warnings;
  }

  /** Every setting at its default. */
  public static Settings defaults() {
    return DEFAULTS;
  }

  /**
   * Resolves the known settings.
   *
   * @param known every setting there is; two of one name are a programming error
   * @param arguments the command line: {@code --name value}, {@code --name=value}, a flag also
   *     alone
   * @param environment the process environment; only {@code MAIL_AGENT_*} is looked at
   * @param yaml a YAML file, nested or with dotted keys, or null
   * @throws SettingsException naming the setting, where it came from and what is allowed
   */
  public static Settings resolve(
      Collection<Setting<?>> known,
      List<String> arguments,
      Map<String, String> environment,
      @Nullable Path yaml) {
    Map<String, Setting<?>> byName = index(known);
    Map<Setting<?>, Object> values = new HashMap<>();
    if (yaml != null) {
      readYaml(yaml, byName, values);
    }
    List<String> warnings = readEnvironment(environment, byName, values);
    readArguments(arguments, byName, values);
    return new Settings(Map.copyOf(values), warnings);
  }

  /** The value of a setting: as given, or its default. */
  @SuppressWarnings("unchecked") // put() and with() only store what the setting itself parsed
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    return value == null ? setting.defaultValue() : (T) value;
  }

  /** What the operator should know about how the settings were given; for the log. */
  public List<String> warnings() {
    return warnings;
  }

  /** Whether the setting was given anywhere, even with its default value. */
  public boolean isGiven(Setting<?> setting) {
    return values.containsKey(setting);
  }

  /** These settings with one changed: for tests and embedding. */
  public <T> Settings with(Setting<T> setting, T value) {
    Map<Setting<?>, Object> changed = new HashMap<>(values);
    changed.put(setting, value);
    return new Settings(Map.copyOf(changed), warnings);
  }

  private static Map<String, Setting<?>> index(Collection<Setting<?>> known) {
    Map<String, Setting<?>> byName = new LinkedHashMap<>();
    for (Setting<?> setting : known) {
      if (byName.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("two settings are called " + setting.name());
      }
    }
    return byName;
  }

  private static void readYaml(
      Path file, Map<String, Setting<?>> byName, Map<Setting<?>, Object> values) {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new SettingsException(file + " is not YAML: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new SettingsException("cannot read " + file + ": " + e.getMessage());
    }
    if (root == null || root.isMissingNode() || root.isNull()) {
      return;
    }
    if (!root.isObject()) {
      throw new SettingsException(file + " must hold names and values, such as imap: {port: 9143}");
    }
    readYaml("", root, file, byName, values);
  }

  private static void readYaml(
      String prefix,
      JsonNode node,
      Path file,
      Map<String, Setting<?>> byName,
      Map<Setting<?>, Object> values) {
    for (Iterator<Map.Entry<String, JsonNode>> i = node.fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = i.next();
      String name = prefix + entry.getKey();
      JsonNode value = entry.getValue();
      if (value.isObject()) {
        readYaml(name + ".", value, file, byName, values);
        continue;
      }
      Setting<?> setting = byName.get(name);
      if (setting == null) {
        throw unknown(name, file.toString(), byName, Setting::name);
      }
      if (!value.isNull()) {
        put(setting, yamlText(value), name + " in " + file, values);
      }
    }
  }

  private static String yamlText(JsonNode value) {
    if (!value.isArray()) {
      return value.asText();
    }
    return StreamSupport.stream(value.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.joining(","));
  }

  private static List<String> readEnvironment(
      Map<String, String> environment,
      Map<String, Setting<?>> byName,
      Map<Setting<?>, Object> values) {
    List<String> warnings = new ArrayList<>();
    Map<String, Setting<?>> byVariable = new HashMap<>();
    byName.values().forEach(s -> byVariable.put(s.variable(), s));
    environment.forEach((variable, text) -> {
      if (!variable.startsWith(PREFIX)) {
        return;
      }
      Setting<?> setting = byVariable.get(variable);
      if (setting == null) {
        warnings.add(unknown(variable, "the environment", byName, Setting::variable).getMessage());
        return;
      }
      put(setting, text, "the environment variable " + variable, values);
    });
    return List.copyOf(warnings);
  }

  private static void readArguments(
      List<String> arguments, Map<String, Setting<?>> byName, Map<Setting<?>, Object> values) {
    Map<String, Setting<?>> byOption = new HashMap<>();
    byName.values().forEach(s -> byOption.put(s.option(), s));
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String option = equals < 0 ? argument : argument.substring(0, equals);
      Setting<?> setting = byOption.get(option);
      if (setting == null) {
        throw unknown(option, "the command line", byName, Setting::option);
      }
      if (equals >= 0) {
        put(setting, argument.substring(equals + 1), option, values);
      } else if (setting.isFlag()) {
        boolean said = i + 1 < arguments.size() && TRUTHS.contains(arguments.get(i + 1));
        put(setting, said ? arguments.get(++i) : "true", option, values);
      } else if (i + 1 < arguments.size()) {
        put(setting, arguments.get(++i), option, values);
      } else {
        throw new SettingsException(option + " needs a value: " + setting.allowed());
      }
    }
  }

  private static void put(
      Setting<?> setting, String text, String origin, Map<Setting<?>, Object> values) {
    try {
      values.put(setting, setting.parse(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      // A parser's own words say more than "allowed" does; those of arithmetic do not.
      boolean says = e.getMessage() != null && e.getClass() == IllegalArgumentException.class;
      throw new SettingsException(
          origin
              + ": \""
              + text
              + "\" is not allowed"
              + (says ? " (" + e.getMessage() + ")" : "")
              + "; allowed is "
              + setting.allowed());
    }
  }

  private static SettingsException unknown(
      String name,
      String origin,
      Map<String, Setting<?>> byName,
      java.util.function.Function<Setting<?>, String> spelling) {
    String nearest =
        byName.values().stream()
            .map(spelling)
            .min(Comparator.comparingInt(candidate -> distance(candidate, name)))
            .filter(candidate -> distance(candidate, name) <= 3)
            .map(candidate -> "; did you mean " + candidate + "?")
            .orElse("");
    return new SettingsException(
        "unknown setting " + name + " in " + origin + nearest + " (--help lists all)");
  }

  /** Levenshtein's distance, for the suggestion in an error message. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
