package net.mailagent.store.journal;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.mailagent.embedded.Fault;
import net.mailagent.embedded.Faults;
import net.mailagent.store.TestDatabase;

/**
 * The members of the replica set that the embedded engine plays, and what befalls them, one step
 * after the other. On a server that is given nothing does. One thread.
 */
final class Replicas {
  /** What can befall them. */
  enum Trouble {
    /** From now on no write reaches a majority; each is applied, and its writer told so. */
    NO_MAJORITY,
    /** The majority has everything again. */
    CONFIRMED,
    /** A failover: what no majority has is undone, and all connections are lost. */
    ROLLED_BACK,
    /** A node goes on talking to a primary that was replaced. */
    REPLACED,
    /** It learns of it. */
    RECONNECTED
  }

  /** A primary that was replaced steps down by itself long before this. */
  private static final int MOST_MINUTES = 20;

  private final Faults faults;
  private final boolean played;
  private final Map<Actor, Integer> stale = new HashMap<>(); // for how many minutes
  private final Set<Actor> misled = new HashSet<>();

  /**
   * @param faults of the engine that the database is opened with
   */
  Replicas(Faults faults) {
    this.faults = faults;
    this.played = !TestDatabase.isGiven();
  }

  void befall(Trouble what, Actor actor) {
    if (!played) {
      return;
    }
    switch (what) {
      case NO_MAJORITY -> faults.hold();
      case CONFIRMED -> faults.confirm();
      case ROLLED_BACK -> faults.rollBack();
      case REPLACED -> {
        faults.replace(actor.name);
        stale.putIfAbsent(actor, 0);
        misled.add(actor);
      }
      case RECONNECTED -> reconnect(actor);
    }
  }

  private void reconnect(Actor actor) {
    if (stale.remove(actor) != null) {
      faults.reconnect(actor.name);
    }
  }

  /** Time goes by. */
  void pass(int minutes) {
    stale.replaceAll((actor, since) -> since + minutes);
    for (Actor actor : Set.copyOf(stale.keySet())) {
      if (stale.getOrDefault(actor, 0) > MOST_MINUTES) {
        reconnect(actor);
      }
    }
  }

  /** That actor begins something. */
  void begins(Actor actor) {
    if (!stale.containsKey(actor)) {
      misled.remove(actor);
    }
  }

  /** Whether that actor may have read the past since it began what it does. */
  boolean isMisled(Actor actor) {
    return misled.contains(actor);
  }

  /** The next call is that actor's: its connection is lost if its fate says so. */
  void meet(Actor actor, Actor.Fate fate) {
    faults.disarm();
    if (fate == Actor.Fate.CUT_OFF) {
      faults.next(Fault.CALL_LOST, actor.name);
    } else if (fate == Actor.Fate.CUT_OFF_AFTER) {
      faults.next(Fault.REPLY_LOST, actor.name);
    }
  }

  /** All is well from now on; what had not reached a majority does. */
  void calm() {
    faults.disarm();
    if (played) {
      faults.confirm();
      Set.copyOf(stale.keySet()).forEach(this::reconnect);
    }
  }

  /** How often each fault was injected since {@code before}. */
  static Map<Fault, Long> injected(Map<Fault, Long> before, Faults faults) {
    Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    faults
        .counts()
        .forEach((fault, count) -> {
          long more = count - before.getOrDefault(fault, 0L);
          if (more > 0) {
            counts.put(fault, more);
          }
        });
    return counts;
  }
}
