package net.mailagent.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Main;
import net.mailagent.api.ApiSettings;
import net.mailagent.imap.ImapSettings;
import net.mailagent.lmtp.LmtpSettings;

/** The agent as a process of its own, which can be killed and started again on the same ports. */
final class AgentProcess implements AutoCloseable {
  private final Path folder;
  private final List<String> options;
  private final ServerProcess process;
  final int imap = TwoNodes.freePort();
  final int lmtp = TwoNodes.freePort();
  final int http = TwoNodes.freePort();
  private final int imaps = TwoNodes.freePort();

  /**
   * Starts it; returns when it listens.
   *
   * @param folder for its data and what it writes to its outputs
   */
  AgentProcess(Path folder, String... options) throws IOException, InterruptedException {
    this(folder, Map.of(), List.of(options));
    start();
  }

  /** One that is not started yet. */
  AgentProcess(Path folder, Map<String, String> environment, List<String> options)
      throws IOException {
    this.folder = folder;
    this.options = List.copyOf(options);
    this.process = new ServerProcess(folder, environment);
  }

  /** Starts it, again after {@link #kill}. */
  void start() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program(folder.resolve("data")));
    command.addAll(
        List.of(
            ImapSettings.PORT.option(),
            "" + imap,
            ImapSettings.TLS_PORT.option(),
            "" + imaps,
            LmtpSettings.PORT.option(),
            "" + lmtp,
            ApiSettings.PORT.option(),
            "" + http));
    command.addAll(options);
    process.start(command, List.of(imap, imaps, lmtp, http));
  }

  /** The command line of the program, to which options are added. */
  static List<String> program(Path data) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        // It lives for seconds only: no time for a second tier to pay off.
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        AgentSettings.DATA.option(),
        data.toString());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Everything it wrote, over all its starts. */
  List<String> output() throws IOException {
    return process.output();
  }

  /** SIGKILL: nothing in it gets to finish anything. */
  void kill() throws InterruptedException {
    process.kill();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
