package net.mailagent.runtime.net;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What goes to a client: gathered by the connection's runner, sent in pieces, with the runner
 * waiting while the socket has too much of it. An idle output holds no buffer.
 */
final class Output {
  private static final int FIRST_CAPACITY = 512;

  private final Socket socket;
  private final int bound;
  private final int inFlightBound;
  private final long writeTimeoutNanos;

  // The runner's own.
  private byte @Nullable [] gathered;
  private int length;

  // Guarded by this.
  private long inFlight;
  private long sent;
  private long lastTaken; // when the socket took something, or when somebody began to wait
  private long awaited; // who waits is woken when no more than this is in flight
  private boolean ended;

  /** The socket behind this output. */
  interface Socket {
    /** Sends octets that nobody changes any more; {@link Output#taken} is called when they left. */
    void send(byte[] octets, int length);
  }

  Output(Socket socket, int bound, int inFlightBound, Duration writeTimeout) {
    this.socket = socket;
    this.bound = bound;
    this.inFlightBound = inFlightBound;
    this.writeTimeoutNanos = writeTimeout.toNanos();
  }

  void write(ByteBuffer octets) {
    while (octets.hasRemaining()) {
      int count = Math.min(octets.remaining(), bound - length);
      octets.get(room(count), length, count);
      length += count;
      if (length == bound) {
        flush();
      }
    }
  }

  void write(CharSequence ascii) {
    for (int from = 0; from < ascii.length(); ) {
      int count = Math.min(ascii.length() - from, bound - length);
      byte[] to = room(count);
      for (int i = 0; i < count; i++) {
        char c = ascii.charAt(from + i);
        if (c >= 0x80) {
          throw new IllegalArgumentException("not ASCII: U+" + Integer.toHexString(c));
        }
        to[length++] = (byte) c;
      }
      from += count;
      if (length == bound) {
        flush();
      }
    }
  }

  /**
   * Sends what was gathered; waits while the socket has taken too little of it. Who waits is woken
   * when half of what is allowed was taken, not for every piece.
   */
  void flush() {
    send();
    await(inFlightBound, inFlightBound / 2);
  }

  /** Sends what was gathered; waits until the socket has taken all of it. */
  void flushAll() {
    send();
    await(0, 0);
  }

  /** Waits if more than {@code most} is in flight, until it is no more than {@code enough}. */
  private synchronized void await(long most, long enough) {
    if (inFlight <= most && !ended) {
      return;
    }
    awaited = enough;
    lastTaken = System.nanoTime();
    while (inFlight > enough && !ended) {
      long left = lastTaken + writeTimeoutNanos - System.nanoTime();
      if (left <= 0) {
        throw new WriteTimeout();
      }
      try {
        wait(Math.max(1, left / 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Disconnected();
      }
    }
    if (ended) {
      throw new Disconnected();
    }
  }

  /** Sends what was gathered and does not wait. */
  void send() {
    byte[] octets = gathered;
    if (octets == null) {
      return;
    }
    int count = length;
    gathered = null;
    length = 0;
    synchronized (this) {
      if (ended) {
        return;
      }
      inFlight += count;
      sent += count;
    }
    socket.send(octets, count);
  }

  /** The socket has taken so many octets, or failed to; called on its event loop. */
  synchronized void taken(int count) {
    inFlight -= count;
    lastTaken = System.nanoTime();
    if (inFlight <= awaited) {
      notifyAll();
    }
  }

  /** Nothing more can be sent. Any thread. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** How many octets the socket has not taken. */
  synchronized long inFlight() {
    return inFlight;
  }

  private byte[] room(int count) {
    byte[] octets = gathered;
    if (octets == null) {
      octets = new byte[Math.min(bound, Math.max(FIRST_CAPACITY, count))];
    } else if (octets.length < length + count) {
      octets = Arrays.copyOf(octets, Math.min(bound, Math.max(length + count, 2 * octets.length)));
    }
    gathered = octets;
    return octets;
  }
}
