package net.mailagent.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Starts the program again and again, on free ports and an empty data folder each time, and prints
 * how long it takes until every listener accepts a connection, the median of all starts, and how
 * long it takes to stop on SIGTERM:
 *
 * <pre>
 * java -cp bench/target/classes net.mailagent.bench.StartTime [runs] [program and its arguments]
 * </pre>
 *
 * The defaults are 10 and {@code ./mail-agent}. One start before the first is not counted: it may
 * have to build the program.
 */
public final class StartTime {
  private static final List<String> LISTENERS = List.of("imap", "imap-tls", "lmtp", "api");
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private StartTime() {}

  /** Exits with 1 when a start or stop failed. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    List<String> program =
        arguments.length > 1
            ? List.of(arguments).subList(1, arguments.length)
            : List.of("./mail-agent");
    List<Double> starts = new ArrayList<>();
    List<Double> stops = new ArrayList<>();
    for (int run = 0; run <= runs; run++) {
      try (DataFolder data = DataFolder.make()) {
        double[] took = once(program, data.path());
        if (run > 0) {
          starts.add(took[0]);
          stops.add(took[1]);
          System.out.printf(Locale.ROOT, "start %2d: %.2f s, stop %.2f s%n", run, took[0], took[1]);
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "median of %d starts until all listeners accept: %.2f s; of stops: %.2f s%n",
        runs,
        median(starts),
        median(stops));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Seconds to start and to stop. */
  private static double[] once(List<String> program, Path data)
      throws IOException, InterruptedException {
    List<Integer> ports = freePorts(LISTENERS.size());
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--data", data.toString()));
    for (int i = 0; i < LISTENERS.size(); i++) {
      command.addAll(List.of("--" + LISTENERS.get(i) + "-port", ports.get(i).toString()));
    }
    Path log = data.resolve("start.log");
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      for (int port : ports) {
        while (!accepts(port)) {
          if (!process.isAlive() || System.nanoTime() - began > LIMIT.toNanos()) {
            throw new IOException("did not start: " + Files.readString(log));
          }
          Thread.sleep(2);
        }
      }
      double started = (System.nanoTime() - began) / 1e9;
      long asked = System.nanoTime();
      process.destroy();
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("did not stop: " + Files.readString(log));
      }
      return new double[] {started, (System.nanoTime() - asked) / 1e9};
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ports that nobody listens on; all are held at once so that no two are the same. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}
