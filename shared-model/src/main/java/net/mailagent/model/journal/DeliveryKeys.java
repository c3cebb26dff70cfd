package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The deduplication keys of recent deliveries (journal.md 16), in chunks of a fixed number of keys
 * that later states share; immutable.
 */
public final class DeliveryKeys {
  /** Keys per chunk; part of the checkpoint format. */
  public static final int CHUNK = 256;

  /** How long a key is kept: a redelivery within it adds nothing. Milliseconds. */
  public static final long KEPT_MILLIS = 5L * 24 * 60 * 60 * 1000;

  public static final DeliveryKeys EMPTY = new DeliveryKeys(List.of());

  /**
   * @param number index of its first key divided by {@link #CHUNK}
   * @param seq of the last entry folded into it
   * @param keys key to the time of its entry, in milliseconds since 1970
   */
  public record Chunk(long number, long seq, Map<String, Long> keys) {
    public Chunk {
      keys = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    long newest() {
      long newest = 0;
      for (long at : keys.values()) {
        newest = Math.max(newest, at);
      }
      return newest;
    }
  }

  private final List<Chunk> chunks; // ascending numbers

  private DeliveryKeys(List<Chunk> chunks) {
    this.chunks = chunks;
  }

  public static DeliveryKeys of(List<Chunk> chunks) {
    List<Chunk> sorted = new ArrayList<>(chunks);
    sorted.sort((a, b) -> Long.compare(a.number(), b.number()));
    return new DeliveryKeys(List.copyOf(sorted));
  }

  public List<Chunk> chunks() {
    return chunks;
  }

  public boolean contains(String key) {
    for (Chunk chunk : chunks) {
      if (chunk.keys().containsKey(key)) {
        return true;
      }
    }
    return false;
  }

  private long seqOf(long number) {
    for (Chunk chunk : chunks) {
      if (chunk.number() == number) {
        return chunk.seq();
      }
    }
    return 0;
  }

  /** With that key, unless {@code base} (the keys before the entry) shows its chunk holds it. */
  DeliveryKeys plus(String key, long index, long seq, long at, DeliveryKeys base) {
    long number = index / CHUNK;
    if (base.seqOf(number) >= seq) {
      return this;
    }
    List<Chunk> changed = new ArrayList<>(chunks);
    int last = changed.size() - 1;
    if (last >= 0 && changed.get(last).number() == number) {
      Map<String, Long> keys = new LinkedHashMap<>(changed.get(last).keys());
      keys.put(key, at);
      changed.set(last, new Chunk(number, seq, keys));
    } else {
      changed.add(new Chunk(number, seq, Map.of(key, at)));
    }
    return of(changed);
  }

  /** The number of the first chunk that is still kept when time is {@code now}. */
  long firstKept(long now) {
    for (int i = 0; i < chunks.size() - 1; i++) {
      if (chunks.get(i).newest() >= now - KEPT_MILLIS) {
        return chunks.get(i).number();
      }
    }
    return chunks.isEmpty() ? 0 : chunks.get(chunks.size() - 1).number();
  }

  /** Without chunks below that number. */
  public DeliveryKeys from(long number) {
    return chunks.isEmpty() || chunks.get(0).number() >= number
        ? this
        : new DeliveryKeys(chunks.stream().filter(c -> c.number() >= number).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeliveryKeys that && chunks.equals(that.chunks);
  }

  @Override
  public int hashCode() {
    return chunks.hashCode();
  }
}
