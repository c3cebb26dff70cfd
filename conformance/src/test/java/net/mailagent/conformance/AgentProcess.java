package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Main;
import net.mailagent.api.ApiSettings;
import net.mailagent.imap.ImapSettings;
import net.mailagent.lmtp.LmtpSettings;

/** The agent as a process of its own, which can be killed and started again on the same ports. */
final class AgentProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final List<String> jvm;
  private final List<String> options;
  final int imap = TwoNodes.freePort();
  final int lmtp = TwoNodes.freePort();
  final int http = TwoNodes.freePort();
  private final int imaps = TwoNodes.freePort();
  private Process process;
  private int starts;

  /**
   * Starts it; returns when it listens.
   *
   * @param folder for its data and what it writes to its outputs
   */
  AgentProcess(Path folder, String... options) throws IOException, InterruptedException {
    // It lives for seconds only: no time for a second tier to pay off.
    this(folder, List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"), options);
  }

  /**
   * Starts it with options of the virtual machine, such as the size of its heap.
   *
   * @param folder for its data and what it writes to its outputs
   */
  AgentProcess(Path folder, List<String> jvm, String... options)
      throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.jvm = List.copyOf(jvm);
    this.options = List.of(options);
    start();
  }

  /** Starts it again after {@link #kill}. */
  void start() throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                AgentSettings.DATA.option(),
                folder.resolve("data").toString(),
                ImapSettings.PORT.option(),
                "" + imap,
                ImapSettings.TLS_PORT.option(),
                "" + imaps,
                LmtpSettings.PORT.option(),
                "" + lmtp,
                ApiSettings.PORT.option(),
                "" + http));
    command.addAll(1, jvm);
    command.addAll(options);
    Path output = folder.resolve("output" + ++starts + ".txt");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    long began = System.nanoTime();
    for (int port : List.of(imap, imaps, lmtp, http)) {
      while (!listens(port)) {
        if (!process.isAlive() || System.nanoTime() - began > START_LIMIT.toNanos()) {
          process.destroyForcibly();
          fail("the agent did not start:%n%s", Files.readString(output));
        }
        Thread.sleep(10);
      }
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL: nothing in it gets to finish anything. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
