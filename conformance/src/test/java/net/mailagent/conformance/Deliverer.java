package net.mailagent.conformance;

import java.io.IOException;
import java.util.Random;
import net.mailagent.history.Event;
import net.mailagent.history.Outcome;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;

/**
 * A relay that delivers to one user, and tries again under the same queue id until it is told that
 * a message has arrived. Runs on a thread of its own.
 */
final class Deliverer implements Runnable {
  private static final int PAUSE_MILLIS = 120;

  private final Phase phase;
  private final User user;
  private final Random random;

  Deliverer(Phase phase, User user, Random random) {
    this.phase = phase;
    this.user = user;
    this.random = random;
  }

  @Override
  public void run() {
    while (!phase.over.get()) {
      try (Lmtp lmtp = new Lmtp(phase.cluster.lmtp(random))) {
        while (phase.pause(random, PAUSE_MILLIS)) {
          String id = phase.name(user.name() + "-delivery");
          byte[] message = phase.message(id, random);
          if (!once(lmtp, id, message)) {
            retry(id, message);
            break;
          }
        }
      } catch (IOException | AssertionError e) {
        boolean unused = phase.pause(random, PAUSE_MILLIS);
      }
    }
  }

  private void retry(String id, byte[] message) {
    while (phase.pause(random, PAUSE_MILLIS)) {
      try (Lmtp lmtp = new Lmtp(phase.cluster.lmtp(random))) {
        if (once(lmtp, id, message)) {
          return;
        }
      } catch (IOException | AssertionError e) {
        // tries again
      }
    }
  }

  private boolean once(Lmtp lmtp, String id, byte[] message) {
    long begin = Recording.now();
    Outcome outcome = Outcome.UNKNOWN;
    try {
      String reply = lmtp.tryDeliver(user.address(), message);
      if (reply.startsWith("2")) {
        outcome = Outcome.ACKNOWLEDGED;
        phase.acknowledged("deliveries");
      }
    } catch (IOException e) {
      // nobody knows
    }
    Span span = new Span("delivery " + id, begin, Recording.now());
    phase.add(new Event.Delivery(span, id, id, outcome));
    return outcome == Outcome.ACKNOWLEDGED;
  }
}
