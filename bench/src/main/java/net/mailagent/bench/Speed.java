package net.mailagent.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the microbenchmarks and prints them in the units that matter: MB of message per second, and
 * octets allocated per octet of message. {@code Speed [--smoke] [pattern]}; --smoke runs each once,
 * in this process, to see that they run at all.
 */
public final class Speed {
  private Speed() {}

  /** Runs them. */
  public static void main(String[] args) throws RunnerException {
    List<String> patterns = new ArrayList<>(List.of(args));
    boolean smoke = patterns.remove("--smoke");
    print(run(patterns, smoke));
  }

  static Collection<RunResult> run(List<String> patterns, boolean smoke) throws RunnerException {
    ChainedOptionsBuilder options = new OptionsBuilder().addProfiler(GCProfiler.class);
    if (patterns.isEmpty()) {
      options.include("net.mailagent.bench.*Benchmark");
    }
    patterns.forEach(options::include);
    options.jvmArgsAppend(
        "-Xmx1g", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    if (smoke) {
      options
          .forks(0)
          .param("message", "text") // the smallest
          .warmupIterations(0)
          .measurementIterations(1)
          .measurementTime(TimeValue.milliseconds(20))
          .shouldFailOnError(true);
    }
    return new Runner(options.build()).run();
  }

  private static void print(Collection<RunResult> results) {
    System.out.printf("%n%-36s %-12s %10s %22s%n", "", "message", "MB/s", "allocated per octet");
    for (RunResult result : results) {
      String message = result.getParams().getParam("message");
      double size = Samples.message(message).length;
      System.out.printf(
          "%-36s %-12s %10.0f %22.2f%n",
          result.getParams().getBenchmark().replaceAll(".*\\.(\\w+\\.\\w+)$", "$1"),
          message,
          result.getPrimaryResult().getScore() * size / 1e6,
          allocated(result) / size);
    }
  }

  private static double allocated(RunResult result) {
    Result<?> octets = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return octets == null ? Double.NaN : octets.getScore();
  }
}
