package net.mailagent.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.mailagent.history.Event;
import net.mailagent.history.Position;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;

/**
 * Follows a user's push stream on one node, and from where it was when that node was lost. Runs on
 * a thread of its own.
 */
final class Follower implements Runnable {
  static final Position BEGINNING = new Position(0, 0);

  private final Phase phase;
  private final User user;
  private final int node;
  private final Random random;
  private volatile Position at = BEGINNING;
  private volatile boolean ended;

  Follower(Phase phase, User user, int node, Random random) {
    this.phase = phase;
    this.user = user;
    this.node = node;
    this.random = random;
  }

  User user() {
    return user;
  }

  @Override
  public String toString() {
    return "stream of " + user.name() + " on " + node;
  }

  /** How far it has come. */
  long seq() {
    return at.seq();
  }

  void end() {
    ended = true;
  }

  @Override
  public void run() {
    while (!ended) {
      follow();
      pause();
    }
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = true;
    }
  }

  private void follow() {
    String name = phase.name(this + " #");
    long begin = Recording.now();
    Position from = at;
    List<Event.Change> changes = new ArrayList<>();
    try (PushStream stream = new PushStream(phase.cluster.http(node), user, from)) {
      while (!ended) {
        StreamEvent event = stream.next(100);
        if (event != null) {
          changes.add(event.event());
          at = event.event().at();
        }
      }
    } catch (IOException e) {
      // the node is gone, or cannot now
    }
    phase.add(
        new Event.Followed(new Span(name, begin, Recording.now()), user.name(), from, changes));
  }
}
