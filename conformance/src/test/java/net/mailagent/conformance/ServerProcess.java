package net.mailagent.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server as a process of its own, which can be killed and started again. One thread at a time.
 */
final class ServerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** Lines of an error that are worth showing. */
  private static final int STACK = 40;

  /** Those that run; when this process is ended from outside, so are they. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Path folder;
  private Process process;
  private int starts;
  private int startRead; // whose output was looked through for errors last
  private int linesRead; // of it

  /**
   * @param folder for what it writes to its outputs
   */
  ServerProcess(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /**
   * Starts it; returns when it listens at all these ports.
   *
   * @throws StartFailed when it ends before, or does not in time
   */
  void start(List<String> command, List<Integer> ports) throws IOException, InterruptedException {
    Path output = folder.resolve("output" + ++starts + ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    process = builder.start();
    RUNNING.add(process);
    process.onExit().thenAccept(RUNNING::remove);
    long began = System.nanoTime();
    for (int port : ports) {
      while (!listens(port)) {
        if (!process.isAlive() || System.nanoTime() - began > START_LIMIT.toNanos()) {
          kill();
          throw new StartFailed(command.getLast(), Files.readString(output));
        }
        Thread.sleep(10);
      }
    }
  }

  /** What it said before it ended. */
  static final class StartFailed extends IOException {
    private static final long serialVersionUID = 1;

    StartFailed(String what, String output) {
      super(what + " did not start:\n" + output);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Everything it wrote, over all its starts. */
  List<String> output() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int n = 1; n <= starts; n++) {
      lines.addAll(output(n));
    }
    return lines;
  }

  private List<String> output(int start) throws IOException {
    return Files.readAllLines(
        folder.resolve("output" + start + ".txt"), StandardCharsets.ISO_8859_1);
  }

  /** What it logged as errors since this was asked the last time, each with its stack. */
  List<String> newErrors() throws IOException {
    List<String> errors = new ArrayList<>();
    for (int n = Math.max(1, startRead); n <= starts; n++) {
      List<String> lines = output(n);
      for (int i = n == startRead ? linesRead : 0; i < lines.size(); i++) {
        if (lines.get(i).contains(" ERROR ")) {
          int end = i + 1;
          while (end < lines.size() && end < i + STACK && !isLogged(lines.get(end))) {
            end++;
          }
          errors.add(String.join("\n", lines.subList(i, end)));
        }
      }
      startRead = n;
      linesRead = lines.size();
    }
    return errors;
  }

  /** Whether a line begins with a time, as those of the log do. */
  private static boolean isLogged(String line) {
    return line.matches("\\d{4}-\\d\\d-\\d\\dT.*");
  }

  /** SIGKILL: nothing in it gets to finish anything. */
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
