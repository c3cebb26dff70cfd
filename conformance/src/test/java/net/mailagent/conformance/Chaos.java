package net.mailagent.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What happens to the cluster: agents and the store are killed, Redis is stopped and flushed, the
 * network is cut, the disk is full, clocks are set. One fault at a time begins, several may last.
 * One thread.
 */
final class Chaos {
  private static final int LASTS_MILLIS = 2_000;

  private final Cluster cluster;
  private final Random random;
  private final Map<String, Long> injected = new TreeMap<>();
  private final List<Later> laters = new ArrayList<>();
  private final List<String> deck = new ArrayList<>();

  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  /** What ends a fault, and when. */
  private record Later(long at, Action action) {}

  Chaos(Cluster cluster, Random random) {
    this.cluster = cluster;
    this.random = random;
  }

  /** How often each fault was injected. */
  Map<String, Long> injected() {
    return injected;
  }

  /**
   * Breaks things for that time, one every {@code gapMillis} on average.
   *
   * @param storeFaults what the store shall do wrong by itself whenever it is started
   */
  void rage(long millis, int gapMillis, String storeFaults) throws Exception {
    if (!storeFaults.isEmpty() && cluster.hasStore()) {
      count("store restarted in fault mode");
      cluster.killStore();
      cluster.startStore(storeFaults);
    }
    long until = System.nanoTime() + millis * 1_000_000L;
    long next = System.nanoTime() + random.nextInt(gapMillis) * 1_000_000L;
    while (System.nanoTime() < until) {
      if (System.nanoTime() > next) {
        begin(draw(), storeFaults);
        next = System.nanoTime() + random.nextInt(2 * gapMillis) * 1_000_000L;
      }
      due(System.nanoTime());
      Thread.sleep(10);
    }
    due(Long.MAX_VALUE);
    cluster.mend();
    if (!storeFaults.isEmpty() && cluster.hasStore()) {
      cluster.killStore();
      cluster.startStore("");
    }
  }

  private void due(long now) throws IOException, InterruptedException {
    for (Later later : List.copyOf(laters)) {
      if (later.at() <= now) {
        laters.remove(later);
        try {
          later.action().run();
        } catch (ServerProcess.StartFailed e) {
          // something else is broken; mending starts it
        }
      }
    }
  }

  private void later(Action action) {
    laters.add(new Later(System.nanoTime() + random.nextInt(LASTS_MILLIS) * 1_000_000L, action));
  }

  private void count(String what) {
    injected.merge(what, 1L, Long::sum);
  }

  /** Every kind comes once before any comes again, but agents die twice. */
  private String draw() {
    if (deck.isEmpty()) {
      deck.addAll(
          List.of(
              "agent killed",
              "agent killed",
              "Redis stopped",
              "Redis flushed",
              "cut from Redis",
              "silent to Redis",
              "clock set"));
      if (cluster.hasStore()) {
        deck.add("store killed");
        deck.add("cut from store");
        deck.add("silent to store");
        if (cluster.disk().canFill()) {
          deck.add("disk full");
        }
      }
    }
    return deck.remove(random.nextInt(deck.size()));
  }

  private void begin(String fault, String storeFaults) throws IOException, InterruptedException {
    int node = random.nextInt(Cluster.NODES);
    count(fault);
    switch (fault) {
      case "agent killed" -> {
        cluster.killAgent(node);
        later(() -> cluster.startAgent(node));
      }
      case "Redis stopped" -> {
        cluster.killRedis();
        later(cluster::startRedis);
      }
      case "Redis flushed" -> {
        cluster.startRedis();
        cluster.flushRedis();
      }
      case "cut from Redis" -> {
        cluster.redisLink(node).reset();
        later(cluster.redisLink(node)::heal);
      }
      case "silent to Redis" -> {
        cluster.redisLink(node).silence();
        later(cluster.redisLink(node)::heal);
      }
      case "cut from store" ->
          cluster
              .storeLink(node)
              .ifPresent(link -> {
                link.reset();
                later(link::heal);
              });
      case "silent to store" ->
          cluster
              .storeLink(node)
              .ifPresent(link -> {
                link.silence();
                later(link::heal);
              });
      case "store killed" -> {
        cluster.killStore();
        later(() -> cluster.startStore(storeFaults));
      }
      case "disk full" -> {
        cluster.disk().fill();
        later(cluster.disk()::free);
      }
      case "clock set" -> {
        cluster.clocks().step(node, random.nextInt(7200) - 3600);
        later(() -> cluster.clocks().step(node, random.nextInt(40) - 20));
      }
      default -> throw new AssertionError(fault);
    }
  }
}
