package net.mailagent.store.mongo;

import java.util.function.Supplier;

/**
 * Stands around every call to the database: a test counts there, or loses the call (throws instead
 * of asking {@code effect}) or its reply (throws after asking). Must be safe for any thread.
 */
public interface Interceptor {
  /** Lets every call pass. */
  Interceptor NONE =
      new Interceptor() {
        @Override
        public <T> T around(Call call, Supplier<T> effect) {
          return effect.get();
        }
      };

  /** Makes the call by {@code effect.get()}, once, and returns what it returns. */
  <T> T around(Call call, Supplier<T> effect);
}
