package net.mailagent.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs one operation against one or two servers in turn, a short slice each, so that whatever else
 * the machine does meets both alike.
 *
 * @param warmUpNanos busy time per server before counting begins
 * @param nanos busy time per server that counts
 * @param sliceNanos when a client begins nothing new in a slice; an operation that takes longer is
 *     a slice of its own
 */
record Measurement(long warmUpNanos, long nanos, long sliceNanos) {

  /**
   * What one server did.
   *
   * @param latencies nanoseconds of each operation, ascending, never empty
   * @param busyNanos the time of its slices
   */
  @SuppressWarnings("ArrayRecordComponent") // sorted once, never compared
  record Result(long[] latencies, long busyNanos) {
    double perSecond() {
      return latencies.length * 1e9 / busyNanos;
    }

    /** The latency that a share of the operations did not exceed, in milliseconds. */
    double millis(double share) {
      int rank = (int) Math.ceil(share * latencies.length) - 1;
      return latencies[Math.max(0, rank)] / 1e6;
    }
  }

  /** The workers of one server and what they did so far. */
  private static final class Side {
    final List<Worker> workers = new ArrayList<>();
    final List<long[]> warmUp = new ArrayList<>();
    final List<long[]> latencies = new ArrayList<>();
    long busy;
    long counted;
    boolean exhausted;
  }

  /** Measures; the results are in the order of the populations. */
  List<Result> run(Operation operation, List<Population> populations, int clients)
      throws IOException, InterruptedException {
    List<Side> sides = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      for (Population population : populations) {
        Side side = new Side();
        sides.add(side);
        for (int client = 0; client < clients; client++) {
          side.workers.add(operation.opening().open(population, client, clients));
        }
      }
      boolean more = true;
      while (more) {
        more = false;
        for (Side side : sides) {
          if (!side.exhausted && side.counted < nanos) {
            slice(side, threads);
            more = true;
          }
        }
      }
      List<Result> results = new ArrayList<>();
      for (Side side : sides) {
        // What has a limit may be through before the warm-up is.
        boolean cold = side.latencies.isEmpty();
        long[] all =
            (cold ? side.warmUp : side.latencies)
                .stream().flatMapToLong(Arrays::stream).sorted().toArray();
        if (all.length == 0) {
          throw new IOException("there was nothing to do");
        }
        results.add(new Result(all, cold ? side.busy : side.counted));
      }
      return results;
    } finally {
      sides.stream().flatMap(side -> side.workers.stream()).forEach(Measurement::close);
    }
  }

  private static void close(Worker worker) {
    try {
      worker.close();
    } catch (IOException e) {
      // All that was to be measured has been; a connection that broke before has said so already.
      System.err.println("closing: " + e);
    }
  }

  private void slice(Side side, ExecutorService threads) throws IOException, InterruptedException {
    boolean counts = side.busy >= warmUpNanos && side.busy > 0;
    long began = System.nanoTime();
    List<Callable<long[]>> tasks = new ArrayList<>();
    for (Worker worker : side.workers) {
      tasks.add(() -> {
        long[] taken = new long[256];
        int count = 0;
        do {
          long latency = worker.once();
          if (latency == Worker.EXHAUSTED) {
            break;
          }
          if (count == taken.length) {
            taken = Arrays.copyOf(taken, count * 2);
          }
          taken[count++] = latency;
        } while (System.nanoTime() - began < sliceNanos);
        return Arrays.copyOf(taken, count);
      });
    }
    int done = 0;
    try {
      for (Future<long[]> future : threads.invokeAll(tasks)) {
        long[] latencies = future.get();
        done += latencies.length;
        if (latencies.length > 0) {
          (counts ? side.latencies : side.warmUp).add(latencies);
        }
      }
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    }
    long busy = System.nanoTime() - began;
    side.busy += busy;
    side.counted += counts ? busy : 0;
    side.exhausted = done == 0;
  }
}
