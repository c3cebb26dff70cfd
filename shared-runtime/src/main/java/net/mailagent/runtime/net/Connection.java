package net.mailagent.runtime.net;

import io.vertx.core.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * One client's connection. Its socket lives on an event loop; its commands and tasks run in order
 * on its serial runner, which holds a virtual thread only while there is work.
 *
 * <p>Reading, writing and {@link #startTls} belong to the runner: another thread that calls them
 * gets an {@link IllegalStateException}. {@link #execute}, {@link #schedule}, {@link #close} and
 * what only tells something may be called by any thread.
 */
public final class Connection {
  Connection() {}

  /** A short id, unique on this node while it runs; stands in every log line about it. */
  public String id() {
    throw new UnsupportedOperationException();
  }

  /** The client's address: what a trusted proxy told, else the socket's. */
  public SocketAddress remote() {
    throw new UnsupportedOperationException();
  }

  /** The address the client connected to: what a trusted proxy told, else the socket's. */
  public SocketAddress local() {
    throw new UnsupportedOperationException();
  }

  /** Whether what is written now is protected: by TLS, here or up to a trusted proxy (v2 only). */
  public boolean isTls() {
    throw new UnsupportedOperationException();
  }

  /** The TLS session of this socket, when it has one. */
  public Optional<SSLSession> tlsSession() {
    throw new UnsupportedOperationException();
  }

  /** Whether the client's address is a loopback address, judged by {@link #remote()}. */
  public boolean isLoopbackClient() {
    throw new UnsupportedOperationException();
  }

  /** What the client sends. */
  public Input input() {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds octets to the answer, which leaves in one piece by {@link #flush}; past a bound it is sent
   * piece by piece, each blocking as {@link #flush} does. The octets are copied.
   */
  public void write(byte[]... octets) {
    throw new UnsupportedOperationException();
  }

  /** Adds the remaining octets to the answer, which are copied; the buffer is used up. */
  public void write(ByteBuffer octets) {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds text to the answer.
   *
   * @throws IllegalArgumentException when it is not ASCII
   */
  public void write(CharSequence ascii) {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends what was written; blocks while the socket has taken too little of it.
   *
   * @throws WriteTimeout when the client takes nothing for the write time-out
   * @throws Disconnected when the connection is closed
   */
  public void flush() {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends what was written in plain, drops all input the client has sent so far (it may be an
   * attacker's: RFC 9051 6.2.1, RFC 3207 section 4) and starts TLS. Returns at once; what is
   * written afterwards leaves when the handshake is done, and a failed one closes the connection.
   */
  public void startTls() {
    throw new UnsupportedOperationException();
  }

  /**
   * Runs a task on the runner, after what runs and waits now: how a wake-up reaches a connection.
   * It starts at a command boundary, and what it writes is flushed behind it. Dropped when the
   * connection is closed. Any thread.
   */
  public void execute(Runnable task) {
    throw new UnsupportedOperationException();
  }

  /** Like {@link #execute}, after a delay. Any thread. */
  public Cancellable schedule(Duration delay, Runnable task) {
    throw new UnsupportedOperationException();
  }

  /**
   * How long the client may send nothing, from now on: at a command boundary {@link
   * ConnectionHandler#idle} is called, within a command the read throws {@link IdleTimeout}.
   */
  public void idleTimeout(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  /** Whether the client may have more to say and can be told something. */
  public boolean isOpen() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the connection. On the runner: what was written is sent first. {@link
   * ConnectionHandler#closed} runs afterwards. Any thread.
   */
  public void close() {
    throw new UnsupportedOperationException();
  }
}
