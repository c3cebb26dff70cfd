package net.mailagent.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import net.mailagent.history.Event;
import net.mailagent.history.Outcome;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;
import net.mailagent.history.Violation;

/**
 * What the clients of some users do and are told while the cluster is broken and mended, from
 * beginning to end. Any thread.
 */
final class Phase {
  static final List<String> MAILBOXES = List.of("INBOX", "Kept", "Work");

  final Cluster cluster;
  final List<User> users;
  final Recording recording = new Recording();

  /** Set when no more shall be asked. */
  final AtomicBoolean over = new AtomicBoolean();

  private final long pastNanos;
  private final Map<String, LongAdder> acknowledged;
  private final ConcurrentLinkedQueue<FlagStore> stores = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Violation> violations = new ConcurrentLinkedQueue<>();
  private final Map<String, byte[]> sent = new ConcurrentHashMap<>();
  private final AtomicInteger names = new AtomicInteger();

  /**
   * A STORE of one keyword that no other STORE adds, or removes.
   *
   * @param told the messages whose answer showed that it was done
   * @param modified those that failed the condition
   */
  record FlagStore(
      Span span,
      String mailbox,
      Set<Integer> uids,
      boolean add,
      String keyword,
      long unchangedSince,
      Set<Integer> told,
      Set<Integer> modified,
      Outcome outcome) {}

  /**
   * @param past how old what a node shows may be: how long it may talk to a primary that was
   *     replaced
   * @param acknowledged counts what was acknowledged, by kind
   */
  Phase(Cluster cluster, List<User> users, Duration past, Map<String, LongAdder> acknowledged) {
    this.cluster = cluster;
    this.users = List.copyOf(users);
    this.pastNanos = past.toNanos();
    this.acknowledged = acknowledged;
  }

  static Map<String, LongAdder> counts() {
    return new ConcurrentHashMap<>();
  }

  /**
   * Since when a look that begins now counts as begun: what it is shown must be from then or later.
   */
  long lookBegins() {
    return Recording.now() - pastNanos;
  }

  void add(Event event) {
    recording.add(event);
  }

  void add(FlagStore store) {
    stores.add(store);
  }

  void wrong(Violation.Promise promise, String what) {
    violations.add(new Violation(promise, what));
  }

  void acknowledged(String kind) {
    acknowledged.computeIfAbsent(kind, k -> new LongAdder()).increment();
  }

  /** A new message; its subject is its identity. */
  byte[] message(String identity, Random random) {
    byte[] octets = Ledgers.message(identity, random);
    sent.put(identity, octets);
    return octets;
  }

  /** Whether those are the octets that were sent, behind a trace header. */
  boolean isWhole(String identity, byte[] stored) {
    byte[] octets = sent.getOrDefault(identity, new byte[0]);
    int from = stored.length - octets.length;
    return from >= 0 && Arrays.equals(stored, from, stored.length, octets, 0, octets.length);
  }

  /** A name for a client, a keyword, a message: no other has it. */
  String name(String prefix) {
    return prefix + names.incrementAndGet();
  }

  static String mailbox(User user, String name) {
    return user.name() + "/" + name;
  }

  /** Sleeps up to that long; false when it is over. */
  boolean pause(Random random, int millis) {
    try {
      Thread.sleep(random.nextInt(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !over.get();
  }

  /** What was found wrong already. */
  List<Violation> violations() {
    return List.copyOf(violations);
  }

  /**
   * Everything, with the STOREs at the MODSEQs that the push streams tell of them.
   *
   * @param streams by user name, from the beginning
   */
  List<Event> events(Map<String, List<StreamEvent>> streams) {
    Map<String, Long> seqs = new HashMap<>();
    streams.forEach((user, all) -> {
      for (StreamEvent event : all) {
        for (String flag : event.changed()) {
          String key = key(user + "/" + event.path(), event.uid(), event.operation(), flag);
          Long before = seqs.put(key, event.event().at().seq());
          if (before != null && flag.startsWith("k")) {
            wrong(Violation.Promise.NOT_DOUBLED, key + " was done at " + before + " and again");
          }
        }
      }
    });
    List<Event> events = new ArrayList<>(recording.events());
    stores.forEach(store -> events.add(event(store, seqs)));
    return events;
  }

  private static String key(String mailbox, int uid, String operation, String flag) {
    return mailbox + " " + uid + " " + operation + " " + flag;
  }

  private Event.Store event(FlagStore store, Map<String, Long> seqs) {
    Map<Integer, Long> changed = new HashMap<>();
    for (int uid : store.uids()) {
      String key = key(store.mailbox(), uid, store.add() ? "add" : "remove", store.keyword());
      Long seq = seqs.get(key);
      if (seq != null) {
        changed.put(uid, seq);
      } else if (store.add() && store.told().contains(uid)) {
        wrong(Violation.Promise.NOT_LOST, key + " was acknowledged and is in no entry");
      }
      if (seq != null && store.modified().contains(uid)) {
        wrong(Violation.Promise.CONDITION, key + " was said to have failed, and happened");
      }
    }
    boolean sure = store.outcome() == Outcome.ACKNOWLEDGED;
    return new Event.Store(
        store.span(),
        store.mailbox(),
        store.uids(),
        store.add() ? Event.Operation.ADD : Event.Operation.REMOVE,
        Set.of(store.keyword()),
        store.unchangedSince(),
        sure ? changed : Map.of(),
        sure ? store.modified() : Set.of(),
        store.outcome());
  }
}
