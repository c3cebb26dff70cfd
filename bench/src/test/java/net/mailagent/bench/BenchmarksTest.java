package net.mailagent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/** The microbenchmarks run at all; how fast is for {@link Speed} on a quiet machine to say. */
class BenchmarksTest {
  @Test
  void theBenchmarksRun() throws RunnerException {
    Collection<RunResult> results = Speed.run(List.of("IntakeBenchmark", "FetchBenchmark"), true);
    assertThat(results).hasSize(6);
    for (RunResult result : results) {
      assertThat(result.getPrimaryResult().getScore())
          .as(result.getParams().getBenchmark())
          .isPositive();
    }
  }
}
