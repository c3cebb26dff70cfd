package net.mailagent.model;

/** How STORE changes flags (RFC 9051 section 6.4.6): FLAGS, +FLAGS, -FLAGS. */
public enum FlagOperation {
  REPLACE,
  ADD,
  REMOVE;

  /** The flags that come out when {@code argument} is applied to {@code flags}. */
  public Flags apply(Flags flags, Flags argument) {
    return switch (this) {
      case REPLACE -> argument;
      case ADD -> flags.plus(argument);
      case REMOVE -> flags.minus(argument);
    };
  }
}
