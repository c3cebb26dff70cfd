package net.mailagent.store.journal;

/**
 * The two clocks of a node by which ages are measured; tests let an hour pass in no time. Any
 * thread.
 */
interface Ticks {
  /** The clocks of this machine. */
  Ticks SYSTEM =
      new Ticks() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }
      };

  /** Nanoseconds that nobody sets. */
  long nanos();

  /** Milliseconds since 1970, which go on while the machine is suspended. */
  long wallMillis();

  default Moment now() {
    return new Moment(this, nanos(), wallMillis());
  }
}
