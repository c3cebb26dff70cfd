package net.mailagent.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  private int errorsRead; // lines of all outputs

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
    List<String> lines = new java.util.ArrayList<>();
    for (int n = 1; n <= starts; n++) {
      lines.addAll(
          Files.readAllLines(
              folder.resolve("output" + n + ".txt"), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    return lines;
  }

  /** What it logged as errors since this was asked the last time, each with its stack. */
  List<String> newErrors() throws IOException {
    List<String> lines = output();
    List<String> errors = new java.util.ArrayList<>();
    for (; errorsRead < lines.size(); errorsRead++) {
      if (lines.get(errorsRead).contains(" ERROR ")) {
        int end = errorsRead + 1;
        while (end < lines.size() && end < errorsRead + STACK && !isLogged(lines.get(end))) {
          end++;
        }
        errors.add(String.join("\n", lines.subList(errorsRead, end)));
      }
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
