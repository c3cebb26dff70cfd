package net.mailagent.runtime.net;

/**
 * One protocol's side of one connection; a new one for each. All methods run on the connection's
 * serial runner (a virtual thread, one call at a time, in order) and may block, write and read.
 *
 * <p>What a method throws: {@link Disconnected} and {@link WriteTimeout} close the connection
 * quietly, {@link IdleTimeout} leads to {@link #idle}, anything else is a fault: logged once with a
 * reference id, connection closed.
 */
public interface ConnectionHandler {
  /** The connection is there, behind TLS when that is implicit: greet. Always first. */
  void opened(Connection connection);

  /**
   * Input is there and the last command is done. Handle one or all buffered commands, blocking for
   * the rest of one that is incomplete, and return at a command boundary. When input is left, this
   * is called again after the tasks that wait (so one command per call lets wake-ups in between). A
   * call must read something: one that reads nothing while input is there is a fault.
   *
   * <p>Buffered answers are flushed when the input is used up and this returns.
   */
  void readable(Connection connection);

  /** {@link Connection#wake} was called: there may be news. */
  default void woken(Connection connection) {}

  /**
   * No input came for the {@linkplain Connection#idleTimeout idle time-out}, at a command boundary
   * or within a command that let {@link IdleTimeout} pass. Say good-bye; the connection is closed
   * afterwards.
   */
  default void idle(Connection connection) {}

  /**
   * The node stops: say good-bye; the connection is closed afterwards. Runs after the commands that
   * were under way.
   */
  default void draining(Connection connection) {}

  /**
   * The connection is gone, whoever ended it. Always last and once, also after a fault, when {@link
   * #opened} was called (a client may leave before); reads and writes are {@link Disconnected} by
   * now. Release what the session holds.
   */
  void closed(Connection connection);
}
