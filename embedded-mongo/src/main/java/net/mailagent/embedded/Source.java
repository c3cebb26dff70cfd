package net.mailagent.embedded;

import org.jspecify.annotations.Nullable;

/** Documents one after the other, pulled batch by batch. One thread at a time. */
interface Source {
  /** Before a batch: go on in this snapshot. */
  void attach(Snapshot snapshot);

  /** After a batch: keep hold of no snapshot. */
  void detach();

  @Nullable Doc next();
}
