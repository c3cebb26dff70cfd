package net.mailagent.store.mongo;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The seam through which every call to the database goes: counts it and shows it to the
 * interceptor. Any thread.
 */
public final class Calls {
  private final Interceptor interceptor;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  public Calls(Interceptor interceptor) {
    this.interceptor = interceptor;
  }

  <T> T run(Call call, Supplier<T> effect) {
    counts.computeIfAbsent(call.toString(), name -> new LongAdder()).increment();
    return interceptor.around(call, effect);
  }

  /** How many calls were made so far, by "OPERATION collection". */
  public Map<String, Long> counts() {
    Map<String, Long> copy = new TreeMap<>();
    counts.forEach((name, count) -> copy.put(name, count.sum()));
    return copy;
  }
}
