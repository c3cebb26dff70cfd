package net.mailagent.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which faults the engine injects, how often, and how often it has: for tests only. Whether the nth
 * chance of a fault is taken depends on the seed and n alone; a test that plans every step itself
 * says {@link #next}, {@link #hold} and {@link #replace} instead. Any thread; probabilities may be
 * changed while the engine runs.
 */
@SuppressWarnings("EnumOrdinal") // each kind of fault has its own row of random numbers
public final class Faults {
  private static final Logger log = LoggerFactory.getLogger(Faults.class);
  private static final Duration USUAL_TIME = Duration.ofMillis(300);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;
  private final boolean shardKeys;
  private final Map<Fault, Chance> chances = new EnumMap<>(Fault.class);
  private final Set<String> broadcasts = new ConcurrentSkipListSet<>();
  private volatile @Nullable FaultMode engine;

  /** One fault: how often it was possible, and how often it was done. */
  private static final class Chance {
    private volatile double probability;
    private volatile long mostNanos = USUAL_TIME.toNanos();
    private final AtomicLong possible = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong times = new AtomicLong();
    private final AtomicReference<@Nullable String> next = new AtomicReference<>();
  }

  private Faults(long seed, boolean shardKeys) {
    this.seed = seed;
    this.shardKeys = shardKeys;
    Arrays.stream(Fault.values()).forEach(fault -> chances.put(fault, new Chance()));
  }

  /** No fault yet; shard keys are enforced. */
  public static Faults seeded(long seed) {
    return new Faults(seed, true);
  }

  /**
   * Reads a specification: {@code seed=7,reply-lost=0.01,lag=0.05:200,shard-keys}. A number is a
   * probability, what follows a colon the longest time in milliseconds that one takes (lag, late,
   * stale; 300 where it is not given); {@code shard-keys} alone enforces them.
   *
   * @throws IllegalArgumentException when it cannot be read
   */
  public static Faults parse(String specification) {
    long seed = 0;
    boolean shardKeys = false;
    Map<Fault, String> wanted = new EnumMap<>(Fault.class);
    for (String part : specification.split(",", 0)) {
      String[] sides = part.strip().split("=", 2);
      if (sides[0].equals("shard-keys") && sides.length == 1) {
        shardKeys = true;
      } else if (sides[0].equals("seed") && sides.length == 2) {
        seed = Long.parseLong(sides[1]);
      } else {
        Fault fault =
            Arrays.stream(Fault.values())
                .filter(one -> one.key().equals(sides[0]) && sides.length == 2)
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no fault: " + part));
        wanted.put(fault, sides[1]);
      }
    }
    Faults faults = new Faults(seed, shardKeys);
    wanted.forEach((fault, value) -> {
      String[] sides = value.split(":", 2);
      faults.set(fault, Double.parseDouble(sides[0]));
      if (sides.length == 2) {
        faults.atMost(fault, Duration.ofMillis(Long.parseLong(sides[1])));
      }
    });
    return faults;
  }

  /** Injects that fault with that probability from now on. */
  public Faults set(Fault fault, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("no probability: " + probability);
    }
    chance(fault).probability = probability;
    return this;
  }

  /** How long the fault lasts at most where it lasts; default 300 ms. */
  public Faults atMost(Fault fault, Duration time) {
    chance(fault).mostNanos = Math.max(1, time.toNanos());
    return this;
  }

  /** Injects nothing from now on; what has begun comes to its end. */
  public void calm() {
    chances.values().forEach(chance -> chance.probability = 0);
    disarm();
  }

  // ---- step by step

  /**
   * Injects that fault at the next command of that application at which it can be, whatever its
   * probability. For {@link Fault#ROLLBACK} that is the next time without a majority which a
   * command of that application begins.
   */
  public void next(Fault fault, String application) {
    chance(fault).next.set(application);
  }

  /** Takes back what {@link #next} asked for and no command has suffered yet. */
  public void disarm() {
    chances.values().forEach(chance -> chance.next.set(null));
  }

  /**
   * From now on nothing reaches a majority, until {@link #confirm} or {@link #rollBack}: no write
   * waits, each is applied and answered with a writeConcernError. Nothing if it is so already.
   */
  public void hold() {
    running().holdUntilTold();
  }

  /** Ends {@link #hold}: the majority has all that was written meanwhile. */
  public void confirm() {
    running().endHold(false);
  }

  /** Ends {@link #hold} by a failover: what was written meanwhile is undone. */
  public void rollBack() {
    running().endHold(true);
  }

  /**
   * What there is now is what a primary that was replaced shows that application from the next
   * {@link #replace} on.
   */
  public void remember(String application) {
    running().remember(application);
  }

  /**
   * From now on that application talks to a primary that was replaced, until {@link #reconnect}.
   * Nothing if it is so already.
   */
  public void replace(String application) {
    running().replace(application);
  }

  /**
   * Ends {@link #replace}: the application's connections are lost, and new ones find the primary.
   */
  public void reconnect(String application) {
    running().reconnect(application);
  }

  /** Whether no fault is under way: none that lasts, and no write that comes late. */
  public boolean isQuiet() {
    return running().isQuiet();
  }

  private FaultMode running() {
    FaultMode now = engine;
    if (now == null) {
      throw new IllegalStateException("no engine runs with these faults");
    }
    return now;
  }

  /** The engine that they are injected into. */
  void engine(FaultMode of) {
    engine = of;
  }

  /** How often that fault was injected. */
  public long count(Fault fault) {
    return chance(fault).done.get();
  }

  /** How often each fault was injected. */
  public Map<Fault, Long> counts() {
    Map<Fault, Long> counts = new EnumMap<>(Fault.class);
    chances.forEach((fault, chance) -> counts.put(fault, chance.done.get()));
    return counts;
  }

  /**
   * What was asked of all shards: "find messages blobs", the fields the filter names at the end.
   */
  public Set<String> broadcasts() {
    return Set.copyOf(broadcasts);
  }

  boolean shardKeys() {
    return shardKeys;
  }

  void broadcast(String what) {
    if (broadcasts.add(what)) {
      log.info("asks all shards: {}", what);
    }
  }

  /** Takes or leaves the next chance of that fault, and says so. */
  boolean strikes(Fault fault, String application, String what) {
    Chance chance = chance(fault);
    String next = chance.next.get();
    if (next != null && next.equals(application) && chance.next.compareAndSet(next, null)) {
      injected(fault, what);
      return true;
    }
    double probability = chance.probability;
    if (probability == 0
        || fraction(fault.ordinal(), chance.possible.getAndIncrement()) >= probability) {
      return false;
    }
    injected(fault, what);
    return true;
  }

  /** Counts one, and says so. */
  void injected(Fault fault, String what) {
    log.info(
        "injected {}: {} (number {})", fault.key(), what, chance(fault).done.incrementAndGet());
  }

  /** How long the next one lasts. */
  long nextNanos(Fault fault) {
    Chance chance = chance(fault);
    return 1
        + (long)
            (fraction(64 + fault.ordinal(), chance.times.getAndIncrement()) * chance.mostNanos);
  }

  private Chance chance(Fault fault) {
    Chance chance = chances.get(fault);
    if (chance == null) {
      throw new IllegalArgumentException("no fault: " + fault);
    }
    return chance;
  }

  /** The nth number of that row, from 0 to below 1 (SplitMix64's finisher). */
  private double fraction(int row, long n) {
    long z = seed * GOLDEN + row * 0xD1B54A32D192ED03L + (n + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("seed=" + seed);
    chances.forEach((fault, chance) -> {
      if (chance.probability > 0) {
        text.append(',').append(fault.key()).append('=').append(chance.probability);
      }
    });
    return text.append(shardKeys ? ",shard-keys" : "").toString();
  }
}
