package net.mailagent.embedded;

import java.util.Locale;

/**
 * What fault mode can do to a command: what a replica set does now and then and a disk does not.
 */
public enum Fault {
  /** The connection is lost before the command runs. */
  CALL_LOST,
  /** The command runs; the connection is lost instead of the reply. */
  REPLY_LOST,
  /** The connection is lost, and the command, a write, runs some time afterwards. */
  LATE,
  /**
   * From this write on nothing reaches a majority for a time: writes wait, majority reads see what
   * was before, local reads and unique keys what is.
   */
  LAG,
  /**
   * The write is applied and answered with a writeConcernError; the majority has it later, or never
   * after a {@link #ROLLBACK}.
   */
  WRITE_CONCERN,
  /**
   * How many of the times without a majority end in a failover: what was written in them is undone,
   * who waits for it is told so, all connections are lost.
   */
  ROLLBACK,
  /**
   * The client talks to a primary that was replaced and does not know it: majority reads give what
   * was when that began, writes are accepted and never become majority. Clients are told apart by
   * their application name.
   */
  STALE;

  /** As it is written in a specification: {@code reply-lost}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
