package net.mailagent.runtime.net;

import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import net.mailagent.runtime.ops.Faults;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection. Its socket lives on an event loop; its commands and tasks run in order
 * on its serial runner, which holds a virtual thread only while there is work.
 *
 * <p>Reading, writing and {@link #startTls} belong to the runner: another thread that calls them
 * gets an {@link IllegalStateException}. {@link #execute}, {@link #schedule}, {@link #close} and
 * what only tells something may be called by any thread.
 */
public final class Connection {
  private static final long NO_TIMEOUT = TimeUnit.DAYS.toNanos(365);

  private final String id;
  private final Transport transport;
  private final ConnectionHandler handler;
  private final ConnectionLimits limits;
  private final SerialRunner runner;
  private final Input input;
  private final Output output;

  private volatile long idleNanos = NO_TIMEOUT;
  private volatile boolean closing;

  // Guarded by this.
  private boolean serving;
  private boolean waking;
  private boolean finishing;
  private @Nullable ScheduledFuture<?> idleTimer;

  // The runner's own.
  private boolean greeted;
  private long lastServed = System.nanoTime();

  Connection(
      String id,
      Transport transport,
      ConnectionHandler handler,
      ConnectionLimits limits,
      OutputAhead ahead) {
    this.id = id;
    this.transport = transport;
    this.handler = handler;
    this.limits = limits;
    this.runner = new SerialRunner(id);
    this.input =
        new Input(
            new Input.Flow() {
              @Override
              public void pause() {
                transport.pause();
              }

              @Override
              public void resume() {
                transport.resume();
              }

              @Override
              public void beforeWait() {
                output.flush();
              }

              @Override
              public long idleNanos() {
                return idleNanos;
              }

              @Override
              public void requireRunner() {
                Connection.this.requireRunner();
              }
            },
            limits.inputBeforeLogin());
    this.output =
        new Output(
            (octets, length) -> transport.send(octets, length, this::taken),
            limits.outputBuffer(),
            limits.outputInFlight(),
            ahead,
            limits.writeTimeout());
  }

  /** A short id, unique on this node while it runs; stands in every log line about it. */
  public String id() {
    return id;
  }

  /** The client's address: what a trusted proxy told, else the socket's. */
  public InetSocketAddress remote() {
    return transport.remote();
  }

  /** The client's IP address, as {@link #remote} has it. */
  public InetAddress clientAddress() {
    return transport.clientAddress();
  }

  /** The address the client connected to: what a trusted proxy told, else the socket's. */
  public InetSocketAddress local() {
    return transport.local();
  }

  /** Whether what is written now is protected: by TLS, here or up to a trusted proxy (v2 only). */
  public boolean isTls() {
    return transport.isTls();
  }

  /** The TLS session of this socket, when it has one whose handshake is done. */
  public Optional<SSLSession> tlsSession() {
    return transport.tlsSession();
  }

  /** Whether the client's address is a loopback address, judged by {@link #remote()}. */
  public boolean isLoopbackClient() {
    return transport.clientAddress().isLoopbackAddress();
  }

  /** What the client sends. */
  public Input input() {
    return input;
  }

  /**
   * The client is known and may use more memory: its input buffer grows from the size before login
   * to the full one. Protocols without login call it when they greet.
   */
  public void loggedIn() {
    input.bound(limits.inputBuffer());
  }

  /**
   * Adds octets to the answer, which leaves in one piece by {@link #flush}; past a bound it is sent
   * piece by piece, each blocking as {@link #flush} does. The octets are copied.
   */
  public void write(byte[]... octets) {
    requireRunner();
    for (byte[] part : octets) {
      output.write(ByteBuffer.wrap(part));
    }
  }

  /**
   * Adds the remaining octets to the answer; the buffer is used up. They are copied, unless the
   * buffer is read-only: then nobody may change them any more.
   */
  public void write(ByteBuffer octets) {
    requireRunner();
    output.write(octets);
  }

  /**
   * Adds text to the answer.
   *
   * @throws IllegalArgumentException when it is not ASCII
   */
  public void write(CharSequence ascii) {
    requireRunner();
    output.write(ascii);
  }

  /**
   * Sends what was written; blocks while the socket has taken too little of it.
   *
   * @throws WriteTimeout when the client takes nothing for the write time-out
   * @throws Disconnected when the connection is closed
   */
  public void flush() {
    requireRunner();
    output.flush();
  }

  /**
   * Sends what was written in plain, drops all input the client has sent so far (it may be an
   * attacker's: RFC 9051 6.2.1, RFC 3207 section 4) and starts TLS. Returns when input can only be
   * what comes through TLS; a handshake that fails closes the connection.
   *
   * @throws IllegalStateException when TLS was started before
   * @throws Disconnected when the connection is closed
   */
  public void startTls() {
    requireRunner();
    if (transport.isEncrypted()) {
      throw new IllegalStateException("TLS was started before");
    }
    transport.holdInput(input::discard);
    output.flushAll();
    transport.startTls();
  }

  /**
   * Runs a task on the runner, after what runs and waits now: how a wake-up reaches a connection.
   * It starts at a command boundary, and what it writes is flushed behind it. Dropped when the
   * connection is closed. Any thread.
   */
  public void execute(Runnable task) {
    runner.execute(() -> {
      if (!closing) {
        guarded(() -> {
          task.run();
          output.flush();
        });
      }
    });
  }

  /**
   * Has {@link ConnectionHandler#woken} called on the runner, in order with the tasks; once for any
   * number of calls that come before it starts, so that however fast wake-ups come nothing piles
   * up. Any thread.
   */
  public void wake() {
    synchronized (this) {
      if (waking || closing) {
        return;
      }
      waking = true;
    }
    execute(() -> {
      synchronized (this) {
        waking = false;
      }
      handler.woken(this);
    });
  }

  /** Like {@link #execute}, after a delay. Any thread. */
  public Cancellable schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> timer =
        transport
            .channel()
            .eventLoop()
            .schedule(() -> execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  /**
   * How long the client may send nothing, from now on: at a command boundary {@link
   * ConnectionHandler#idle} is called, within a command the read throws {@link IdleTimeout}. The
   * time a command takes does not count.
   */
  public void idleTimeout(Duration timeout) {
    idleNanos = Math.min(NO_TIMEOUT, timeout.toNanos());
    armIdleTimer(idleNanos);
  }

  /** Whether the client may have more to say and can be told something. Any thread. */
  public boolean isOpen() {
    return !closing;
  }

  /**
   * Ends the connection. On the runner: what was written is sent first. {@link
   * ConnectionHandler#closed} runs afterwards. Any thread.
   */
  public void close() {
    if (runner.isCurrent()) {
      output.send();
    }
    finish(true);
  }

  /** Greets; called once, before any input. Event loop. */
  void open() {
    runner.execute(() -> {
      if (!closing) {
        greeted = true;
        guarded(() -> {
          handler.opened(this);
          output.flush();
        });
      }
    });
  }

  /** Octets arrived. Event loop. */
  void arrived(byte[] octets) {
    input.append(octets);
    wakeServing();
  }

  /** The client will send nothing more, and perhaps still reads. Event loop. */
  void inputEnded() {
    input.end();
    wakeServing();
  }

  /** The socket is closed. Event loop. */
  void gone() {
    finish(false);
  }

  /** Says good-bye at the next command boundary. Any thread. */
  void drain() {
    runner.execute(() -> {
      if (!closing) {
        if (greeted) {
          guarded(() -> handler.draining(this));
        }
        close();
      }
    });
  }

  /** Closes now, whatever is under way. Any thread. */
  void abort() {
    finish(false);
    transport.closeNow();
  }

  private void wakeServing() {
    synchronized (this) {
      if (serving) {
        return;
      }
      serving = true;
    }
    runner.execute(this::serve);
  }

  /** One turn of the handler; the next one is queued behind the tasks that came meanwhile. */
  private void serve() {
    if (closing) {
      return;
    }
    if (!input.isEmpty()) {
      long before = input.consumed();
      if (!guarded(() -> readableOnce(before))) {
        return;
      }
    }
    lastServed = System.nanoTime();
    synchronized (this) {
      // Under the lock that wakeServing() takes after append(): no octet can slip in between.
      serving = !input.isEmpty();
      if (serving) {
        runner.execute(this::serve);
        return;
      }
    }
    // in this order: after the end nothing comes any more, but something may have come before it
    if (input.isEnded() && input.isEmpty()) {
      close();
    }
  }

  private void readableOnce(long before) {
    handler.readable(this);
    if (closing) {
      return;
    }
    if (input.isEmpty()) {
      output.flush();
    } else if (input.consumed() == before) {
      throw new IllegalStateException("the handler left its input unread");
    }
  }

  /** Runs a call of the handler; false when it ended the connection. */
  private boolean guarded(Runnable call) {
    try {
      call.run();
      return !closing;
    } catch (IdleTimeout e) {
      sayIdle();
    } catch (ConnectionEnded e) {
      abortUnlessClosing();
    } catch (Throwable e) { // nothing else stands between a handler's fault and the process
      Faults.log(id, e);
      abortUnlessClosing();
    }
    return false;
  }

  private void abortUnlessClosing() {
    if (!closing) {
      abort();
    }
  }

  private void armIdleTimer(long nanos) {
    synchronized (this) {
      if (idleTimer != null) {
        idleTimer.cancel(false);
        idleTimer = null;
      }
      if (!closing && idleNanos < NO_TIMEOUT) {
        idleTimer =
            transport
                .channel()
                .eventLoop()
                .schedule(
                    () -> runner.execute(this::checkIdle),
                    Math.max(nanos, 1_000_000),
                    TimeUnit.NANOSECONDS);
      }
    }
  }

  /** On the runner, hence at a command boundary. */
  private void checkIdle() {
    if (closing) {
      return;
    }
    long since = Math.max(lastServed, input.lastArrival());
    long left = idleNanos - (System.nanoTime() - since);
    if (left > 0 || !input.isEmpty()) {
      armIdleTimer(left);
    } else {
      sayIdle();
    }
  }

  private void sayIdle() {
    if (closing) {
      return;
    }
    try {
      handler.idle(this);
    } catch (ConnectionEnded e) {
      abortUnlessClosing();
      return;
    } catch (RuntimeException e) {
      Faults.log(id, e);
    }
    close();
  }

  private void taken(int octets) {
    output.taken(octets);
    if (closing && output.inFlight() == 0) {
      transport.closeGently();
    }
  }

  /** The one way to the end, taken once. */
  private void finish(boolean gently) {
    synchronized (this) {
      if (finishing) {
        return;
      }
      finishing = true;
      closing = true;
      if (idleTimer != null) {
        idleTimer.cancel(false);
        idleTimer = null;
      }
    }
    input.close();
    output.end();
    if (gently) {
      transport.closeAfter(limits.writeTimeout());
      if (output.inFlight() == 0) {
        transport.closeGently();
      }
    }
    runner.execute(() -> {
      try {
        if (greeted) {
          handler.closed(this);
        }
      } catch (Throwable e) { // as in guarded()
        Faults.log(id, e);
      } finally {
        transport.released();
      }
    });
  }

  private void requireRunner() {
    if (!runner.isCurrent()) {
      throw new IllegalStateException("only the connection's runner reads and writes");
    }
  }
}
