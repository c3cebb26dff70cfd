package net.mailagent.runtime.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong clock = new AtomicLong(SECOND);
  private final Throttle throttle =
      new Throttle(3, Duration.ofSeconds(1), Duration.ofSeconds(60), 1000, clock::get);

  private long guesses = 1000;

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      throttle.failed("key", ++guesses);
    }
  }

  @Test
  void delaysGrowPastTheFreeFailures() {
    fail(3);
    assertThat(throttle.reserve("key", SECOND)).isZero();
    long[] expected = {1, 2, 4, 8, 16, 32, 60, 60};
    for (long seconds : expected) {
      fail(1);
      assertThat(throttle.reserve("key", 0)).isEqualTo(seconds * SECOND);
      clock.addAndGet(seconds * SECOND);
      assertThat(throttle.reserve("key", 0)).isZero();
      clock.addAndGet(seconds * SECOND); // the turn that was just taken
    }
    assertThat(throttle.reserve("other", 0)).isZero();
  }

  @Test
  void attemptsSideBySideQueueUp() {
    fail(4);
    assertThat(throttle.reserve("key", 10 * SECOND)).isEqualTo(SECOND);
    assertThat(throttle.reserve("key", 10 * SECOND)).isEqualTo(2 * SECOND);
    assertThat(throttle.reserve("key", 10 * SECOND)).isEqualTo(3 * SECOND);
    // Refused attempts take no turn.
    assertThat(throttle.reserve("key", SECOND)).isEqualTo(4 * SECOND);
    assertThat(throttle.reserve("key", SECOND)).isEqualTo(4 * SECOND);
  }

  @Test
  void theSameWrongPasswordCountsOnce() {
    for (int i = 0; i < 100; i++) {
      throttle.failed("key", 42);
    }
    assertThat(throttle.reserve("key", 0)).isZero();
  }

  @Test
  void successForgets() {
    fail(20);
    throttle.succeeded("key");
    assertThat(throttle.reserve("key", 0)).isZero();
  }

  @Test
  void aQuietWhileForgets() {
    fail(20);
    clock.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(throttle.reserve("key", 0)).isZero();
    fail(1);
    assertThat(throttle.reserve("key", 0)).isZero();
  }
}
