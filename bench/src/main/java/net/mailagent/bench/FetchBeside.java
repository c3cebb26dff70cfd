package net.mailagent.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * FETCH and the raw download of {@link FetchBenchmark} in turns, so that whatever else the machine
 * does at the moment meets both: prints the medians, and how much of the raw speed FETCH keeps.
 * {@code FetchBeside [rounds]}.
 */
public final class FetchBeside {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private FetchBeside() {}

  @FunctionalInterface
  private interface Work {
    long run() throws IOException;
  }

  /** Times of one kind of work, in nanoseconds. One thread. */
  private static final class Times {
    private final List<Long> wall = new ArrayList<>();
    private long processor; // in sum: the system counts it in steps of many milliseconds

    void measure(Work work) throws IOException {
      long processorBefore = SYSTEM.getProcessCpuTime();
      long before = System.nanoTime();
      work.run();
      wall.add(System.nanoTime() - before);
      processor += SYSTEM.getProcessCpuTime() - processorBefore;
    }

    /** The median: a machine that does something else lengthens some. */
    double millis() {
      return wall.stream().sorted().skip(wall.size() / 2).findFirst().orElseThrow() / 1e6;
    }

    /** The mean of what all threads of the process took together. */
    double processorMillis() {
      return processor / 1e6 / wall.size();
    }
  }

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length == 0 ? 500 : Integer.parseInt(args[0]);
    for (String message : List.of("raw", "base64")) {
      FetchBenchmark both = new FetchBenchmark();
      both.message = message;
      both.open();
      try {
        measure(both, rounds); // until all is compiled
        print(message, measure(both, rounds));
      } finally {
        both.close();
      }
    }
    System.exit(0);
  }

  private static List<Times> measure(FetchBenchmark both, int rounds) throws IOException {
    Times fetch = new Times();
    Times small = new Times();
    Times large = new Times();
    for (int i = 0; i < rounds; i++) {
      fetch.measure(both::fetch);
      small.measure(both::gridFs);
      large.measure(both::gridFsLargeChunks);
    }
    return List.of(fetch, small, large);
  }

  private static void print(String message, List<Times> times) {
    Times fetch = times.get(0);
    System.out.printf(
        "%s, 10 MiB: FETCH %.1f ms (processor %.1f ms)%n",
        message, fetch.millis(), fetch.processorMillis());
    String[] names = {"", "GridFS, 64 KiB chunks", "GridFS, 255 KiB chunks"};
    for (int i = 1; i < times.size(); i++) {
      System.out.printf(
          "  %s: %.1f ms (processor %.1f ms); FETCH has %.2f of its speed%n",
          names[i],
          times.get(i).millis(),
          times.get(i).processorMillis(),
          times.get(i).millis() / fetch.millis());
    }
  }
}
