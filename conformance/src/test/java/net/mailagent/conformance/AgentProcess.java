package net.mailagent.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Main;
import net.mailagent.api.ApiSettings;
import net.mailagent.imap.ImapSettings;
import net.mailagent.lmtp.LmtpSettings;

/** The agent as a process of its own, which can be killed and started again on the same ports. */
final class AgentProcess implements AutoCloseable {
  /** It lives for seconds only: no time for a second tier to pay off. */
  static final List<String> SHORT_LIVED = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1");

  private final Path folder;
  private final List<String> jvm;
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
    this(folder, SHORT_LIVED, options);
  }

  /**
   * Starts it with options of the virtual machine, such as the size of its heap.
   *
   * @param folder for its data and what it writes to its outputs
   */
  AgentProcess(Path folder, List<String> jvm, String... options)
      throws IOException, InterruptedException {
    this(folder, jvm, List.of(options));
    start();
  }

  /** One that is not started yet. */
  AgentProcess(Path folder, List<String> jvm, List<String> options) throws IOException {
    this.folder = folder;
    this.jvm = List.copyOf(jvm);
    this.options = List.copyOf(options);
    this.process = new ServerProcess(folder);
  }

  /** Starts it, again after {@link #kill}. */
  void start() throws IOException, InterruptedException {
    List<String> command = program(jvm, folder.resolve("data"));
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

  /**
   * The command line of the program, to which options are added.
   *
   * @param commandName what it shall do, if not to serve
   */
  static List<String> program(List<String> jvm, Path data, String... commandName) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(jvm);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(commandName));
    command.addAll(List.of(AgentSettings.DATA.option(), data.toString()));
    return command;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Everything it wrote, over all its starts. */
  List<String> output() throws IOException {
    return process.output();
  }

  /** What it logged as errors since this was asked the last time, each with its stack. */
  List<String> newErrors() throws IOException {
    return process.newErrors();
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
