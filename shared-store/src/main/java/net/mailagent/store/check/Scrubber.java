package net.mailagent.store.check;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import net.mailagent.store.journal.Background;
import net.mailagent.store.journal.Turns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks everything again and again, slowly: one user, blob or file after the other with a pause in
 * between. One node does it at a time. Runs on one virtual thread of its own.
 */
public final class Scrubber implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

  /** How often a node asks whether it is time, at the least. */
  private static final Duration OFTEN = Duration.ofHours(1);

  private final Checker checker;
  private final Turns turns;
  private final ScrubSettings settings;
  private final Background background = new Background("scrubber");

  public Scrubber(Checker checker, Turns turns, ScrubSettings settings) {
    this.checker = checker;
    this.turns = turns;
    this.settings = settings;
  }

  public void start() {
    background.start(this::run);
  }

  private void run() {
    // nodes that started together do not ask together, and a node that starts has other work
    long most = Math.min(settings.every().toMillis(), OFTEN.toMillis());
    while (background.sleep(Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(most)))) {
      try {
        if (turns.take("scrubbing", settings.every())) {
          checker.checkAll(
              settings.repair(),
              finding -> LOG.error("{}", finding),
              () -> background.sleep(settings.pause()));
        }
      } catch (RuntimeException | Error e) {
        LOG.warn("checking stopped early: {}", e.toString());
      }
    }
  }

  @Override
  public void close() {
    background.close();
  }
}
