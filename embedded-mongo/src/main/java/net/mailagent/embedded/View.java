package net.mailagent.embedded;

/** What a command sees of a collection where that is not what a majority has: in fault mode. */
@FunctionalInterface
interface View {
  /** Bound while a command runs that sees something else. */
  ScopedValue<View> CURRENT = ScopedValue.newInstance();

  /** What is written, wherever it has got to: read concern "local". */
  View LIVE = Collection::live;

  Snapshot of(Collection collection);
}
