package net.mailagent.agent;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;

/** The command line: reads it, starts the agent, and stops it when the process is told to end. */
public final class Main {
  private static final String CONFIG = "--config";
  private static final String CONFIG_VARIABLE = "MAIL_AGENT_CONFIG";

  private Main() {}

  /**
   * Runs until SIGTERM or SIGINT; exit code 2 for a wrong setting, 1 when it cannot start or cannot
   * go on.
   */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
  }

  /** Runs a command; returns its exit code when it is done, or never for a running agent. */
  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(help());
      return 0;
    }
    if (arguments.contains("--version")) {
      out.println("mail-agent " + version());
      return 0;
    }
    if (arguments.contains("--print-config")) {
      out.print(ConfigFile.of(AgentSettings.ALL));
      return 0;
    }
    if (!arguments.isEmpty() && arguments.get(0).equals("check")) {
      return check(arguments.subList(1, arguments.size()), environment, out, err);
    }
    Agent agent;
    try {
      Settings settings = settings(arguments, environment);
      System.setProperty(LOG_LEVEL_PROPERTY, settings.get(AgentSettings.LOG_LEVEL));
      settings.warnings().forEach(warning -> err.println("mail-agent: warning: " + warning));
      agent = Agent.start(settings);
    } catch (SettingsException e) {
      err.println("mail-agent: " + e.getMessage());
      return 2;
    } catch (StartException e) {
      err.println("mail-agent: " + e.getMessage());
      return 1;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent), "stop"));
    agent.awaitClosed();
    return exitCode(agent);
  }

  private static int check(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      CheckCommand command = CheckCommand.parse(arguments);
      Settings settings = settings(command.settings(), environment);
      System.setProperty(LOG_LEVEL_PROPERTY, settings.get(AgentSettings.LOG_LEVEL));
      return command.run(settings, out, err);
    } catch (SettingsException e) {
      err.println("mail-agent: " + e.getMessage());
      return CheckCommand.NOT_CHECKED;
    }
  }

  private static final String LOG_LEVEL_PROPERTY = "mailagent.log.level";

  private static void stop(Agent agent) {
    agent.close();
    // A process that was told to stop and did so has done nothing wrong: not 143.
    Runtime.getRuntime().halt(exitCode(agent));
  }

  private static int exitCode(Agent agent) {
    return agent.hasFailed() ? 1 : 0;
  }

  private static Settings settings(List<String> arguments, Map<String, String> environment) {
    List<String> others = new ArrayList<>();
    String file = environment.get(CONFIG_VARIABLE);
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals(CONFIG) && i + 1 < arguments.size()) {
        file = arguments.get(++i);
      } else if (argument.startsWith(CONFIG + "=")) {
        file = argument.substring(CONFIG.length() + 1);
      } else {
        others.add(argument);
      }
    }
    Map<String, String> rest = new java.util.HashMap<>(environment);
    rest.remove(CONFIG_VARIABLE);
    return Settings.resolve(AgentSettings.ALL, others, rest, file == null ? null : Path.of(file));
  }

  private static String help() {
    StringBuilder help = new StringBuilder();
    help.append("mail-agent: IMAP, LMTP and HTTP over one MongoDB store\n\n");
    help.append("  ./mail-agent [--config FILE] [--NAME VALUE ...]\n\n");
    help.append("  ./mail-agent check [--user NAME] [--repair] [--NAME VALUE ...]\n\n");
    help.append(
        "  check           holds what is stored against the rules and prints what is wrong\n");
    help.append("                  (exit code 0: nothing, 1: something, 2: could not check);\n");
    help.append("                  --repair makes good what can be told for certain\n");
    help.append("  --help          this text\n");
    help.append("  --version       the version\n");
    help.append("  --print-config  a commented YAML file of all settings\n");
    help.append("  --config FILE   reads settings from a YAML file\n\n");
    help.append("Every setting has one name in three spellings: --imap-port, the environment's\n");
    help.append(
        "MAIL_AGENT_IMAP_PORT, and imap.port in the file; the first that is given counts.\n\n");
    for (Setting<?> setting : AgentSettings.ALL) {
      help.append("  ").append(setting.option());
      help.append(setting.isFlag() ? "" : " VALUE").append('\n');
      for (String line : ConfigFile.wrap(setting.description(), 84)) {
        help.append("        ").append(line).append('\n');
      }
      String defaultText = setting.defaultText().isEmpty() ? "none" : setting.defaultText();
      String allowed = setting.allowed() + "; default " + defaultText;
      for (String line : ConfigFile.wrap(allowed, 84)) {
        help.append("        ").append(line).append('\n');
      }
    }
    return help.toString();
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return (version == null ? "development" : version) + " (Java " + Runtime.version() + ")";
  }
}
