package net.mailagent.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.runtime.settings.Setting;

/** Writes the commented file of all settings: {@code config/mail-agent.yaml}. */
final class ConfigFile {
  private static final int WIDTH = 100;
  private static final String HEAD =
      """
      # All settings of mail-agent with their defaults; each line may be changed or left out.
      # Use it by:  ./mail-agent --config config/mail-agent.yaml
      # A setting imap.port is also --imap-port on the command line and MAIL_AGENT_IMAP_PORT in the
      # environment; the command line wins over the environment, and that over this file.
      # Written by:  ./mail-agent --print-config
      """;

  private ConfigFile() {}

  static String of(List<Setting<?>> settings) {
    Map<String, List<Setting<?>>> sections = new LinkedHashMap<>();
    for (Setting<?> setting : settings) {
      int dot = setting.name().indexOf('.');
      String section = dot < 0 ? "" : setting.name().substring(0, dot);
      sections.computeIfAbsent(section, s -> new ArrayList<>()).add(setting);
    }
    StringBuilder file = new StringBuilder(HEAD);
    sections.forEach((section, members) -> {
      file.append('\n');
      if (!section.isEmpty()) {
        file.append(section).append(":\n");
      }
      String indent = section.isEmpty() ? "" : "  ";
      for (Setting<?> setting : members) {
        append(file, setting, indent);
      }
    });
    return file.toString();
  }

  private static void append(StringBuilder file, Setting<?> setting, String indent) {
    for (String line : wrap(setting.description(), WIDTH - indent.length() - 2)) {
      file.append(indent).append("# ").append(line).append('\n');
    }
    for (String line : wrap("(" + setting.allowed() + ")", WIDTH - indent.length() - 2)) {
      file.append(indent).append("# ").append(line).append('\n');
    }
    int dot = setting.name().indexOf('.');
    file.append(indent)
        .append(dot < 0 ? setting.name() : setting.name().substring(dot + 1))
        .append(':');
    if (!setting.defaultText().isEmpty()) {
      file.append(' ').append(quoted(setting.defaultText()));
    }
    file.append('\n');
  }

  /** In quotes when YAML would take the plain text for something else than text. */
  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9./][A-Za-z0-9./_-]*") ? text : '"' + text + '"';
  }

  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
