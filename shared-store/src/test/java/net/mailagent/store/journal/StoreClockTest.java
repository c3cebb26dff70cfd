package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import org.junit.jupiter.api.Test;

/** A clock goes by what the store says, if that was not too long on its way. */
class StoreClockTest {
  private static final int HOURS = 3;

  private final Interleaving.Time time = new Interleaving.Time();
  private final AtomicInteger slow = new AtomicInteger();

  private final Interceptor stopped =
      new Interceptor() {
        @Override
        public <T> T around(Call call, Supplier<T> effect) {
          if (slow.getAndDecrement() > 0) {
            time.pass(HOURS * 60); // the machine is stopped between the question and the answer
          }
          return effect.get();
        }
      };

  private static Duration off(StoreClock clock) {
    return Duration.ofMillis(Math.abs(clock.millis() - System.currentTimeMillis()));
  }

  @Test
  void anAnswerThatTookTooLongIsNotBelieved() {
    try (TestDatabase database = TestDatabase.open();
        MongoConnection connection = MongoConnection.open(database.settings().mongo(), stopped)) {
      StoreClock clock = new StoreClock(connection, time);
      slow.set(1);
      Duration first = clock.measure();
      assertThat(first).as("how far it was off").isGreaterThan(Duration.ofHours(2));
      assertThat(off(clock)).isLessThan(Duration.ofMinutes(1));
      assertThat(clock.isTrusted()).isTrue();

      slow.set(Integer.MAX_VALUE);
      assertThat(StoreClock.isOff(clock.measure())).isTrue();
      slow.set(0);
      assertThat(clock.isTrusted()).isTrue();
      assertThat(off(clock)).isLessThan(Duration.ofMinutes(1));
    }
  }
}
