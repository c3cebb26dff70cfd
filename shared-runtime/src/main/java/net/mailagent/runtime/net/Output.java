package net.mailagent.runtime.net;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What goes to a client: gathered by the connection's runner, sent in pieces, with the runner
 * waiting while the socket has too much of it. Small pieces are copied together; large ones of
 * which nobody changes the octets any more go as they are. An idle output holds no buffer.
 */
final class Output {
  private static final int FIRST_CAPACITY = 512;

  /** Smaller pieces are cheaper to copy than to send each by itself. */
  private static final int WORTH_PASSING = 4 << 10;

  /** Who makes us wait longer than 200 ms is slow, until he makes us wait for 20 ms at most. */
  private static final long SLOW = 200_000_000;

  private static final long FAST = 20_000_000;

  /** Of what a fast client may have in flight besides, one piece is this part. */
  private static final int PIECES_AHEAD = 4;

  private final Socket socket;
  private final int bound;
  private final int inFlightBound;
  private final OutputAhead ahead;
  private final long writeTimeoutNanos;

  // The runner's own.
  private @Nullable List<ByteBuffer> sealed; // what is in front of that which is gathered
  private int sealedLength;
  private byte @Nullable [] gathered;
  private int length;
  private int pieces; // octets that are sent at a time
  private boolean slow;

  // Not a monitor: a virtual thread is woken from one by way of another thread.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private long inFlight;
  private long lastTaken; // when the socket took something, or when somebody began to wait
  private long awaited; // who waits is woken when no more than this is in flight
  private boolean isAhead; // more may be in flight, as it is a fast client's
  private boolean ended;

  /** The socket behind this output. */
  interface Socket {
    /**
     * Sends octets that nobody changes any more, so many in all; {@link Output#taken} is called
     * when they left.
     */
    void send(List<ByteBuffer> octets, int length);
  }

  Output(Socket socket, int bound, int inFlightBound, OutputAhead ahead, Duration writeTimeout) {
    this.socket = socket;
    this.bound = bound;
    this.pieces = bound;
    this.inFlightBound = inFlightBound;
    this.ahead = ahead;
    this.writeTimeoutNanos = writeTimeout.toNanos();
  }

  /** Octets of a read-only buffer are never changed by anybody; others are copied. */
  void write(ByteBuffer octets) {
    boolean passes = octets.isReadOnly() && octets.remaining() >= WORTH_PASSING;
    while (octets.hasRemaining()) {
      int count = Math.min(octets.remaining(), pieces - sealedLength - length);
      if (passes) {
        seal();
        seal(octets.slice(octets.position(), count));
        octets.position(octets.position() + count);
      } else {
        octets.get(room(count), length, count);
        length += count;
      }
      flushFull();
    }
  }

  private void flushFull() {
    if (sealedLength + length >= pieces) {
      flush();
    }
  }

  /** What was gathered so far is complete: what follows does not go into the same array. */
  private void seal() {
    byte[] octets = gathered;
    if (octets != null && length > 0) {
      seal(ByteBuffer.wrap(octets, 0, length).slice());
      gathered = null;
      length = 0;
    }
  }

  private void seal(ByteBuffer octets) {
    List<ByteBuffer> list = sealed;
    if (list == null) {
      list = new ArrayList<>();
      sealed = list;
    }
    list.add(octets);
    sealedLength += octets.remaining();
  }

  void write(CharSequence ascii) {
    for (int from = 0; from < ascii.length(); ) {
      int count = Math.min(ascii.length() - from, pieces - sealedLength - length);
      byte[] to = room(count);
      for (int i = 0; i < count; i++) {
        char c = ascii.charAt(from + i);
        if (c >= 0x80) {
          throw new IllegalArgumentException("not ASCII: U+" + Integer.toHexString(c));
        }
        to[length++] = (byte) c;
      }
      from += count;
      flushFull();
    }
  }

  /**
   * Sends what was gathered; waits while the socket has taken too little of it. Who waits is woken
   * when half of what is allowed was taken, not for every piece.
   */
  void flush() {
    send();
    lock.lock();
    try {
      if (inFlight > inFlightBound && !isAhead && !slow) {
        isAhead = ahead.take();
      }
      long allowed = inFlightBound + (isAhead ? ahead.octets() : 0L);
      await(allowed, slow ? inFlightBound / 2 : allowed / 2);
      pieces = isAhead ? Math.max(bound, ahead.octets() / PIECES_AHEAD) : bound;
    } finally {
      lock.unlock();
    }
  }

  /** Sends what was gathered; waits until the socket has taken all of it. */
  void flushAll() {
    send();
    lock.lock();
    try {
      await(0, 0);
    } finally {
      lock.unlock();
    }
  }

  /** Waits if more than {@code most} is in flight, until it is no more than {@code enough}. */
  private void await(long most, long enough) {
    if (inFlight <= most && !ended) {
      return;
    }
    awaited = enough;
    long began = System.nanoTime();
    lastTaken = began;
    try {
      while (inFlight > enough && !ended) {
        long left = lastTaken + writeTimeoutNanos - System.nanoTime();
        if (left <= 0) {
          throw new WriteTimeout();
        }
        changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Disconnected();
    }
    if (ended) {
      throw new Disconnected();
    }
    long waited = System.nanoTime() - began;
    slow = waited > SLOW || (slow && waited > FAST);
    if (slow && inFlight <= inFlightBound) {
      leaveAhead();
    }
  }

  private void leaveAhead() {
    if (isAhead) {
      isAhead = false;
      ahead.giveBack();
    }
  }

  /** Sends what was gathered and does not wait. */
  void send() {
    seal();
    List<ByteBuffer> octets = sealed;
    if (octets == null) {
      return;
    }
    int count = sealedLength;
    sealed = null;
    sealedLength = 0;
    lock.lock();
    try {
      if (ended) {
        return;
      }
      inFlight += count;
    } finally {
      lock.unlock();
    }
    socket.send(octets, count);
  }

  /** The socket has taken so many octets, or failed to; called on its event loop. */
  void taken(int count) {
    lock.lock();
    try {
      inFlight -= count;
      if (inFlight == 0) {
        leaveAhead();
      }
      lastTaken = System.nanoTime();
      if (inFlight <= awaited) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more can be sent. Any thread. */
  void end() {
    lock.lock();
    try {
      ended = true;
      leaveAhead();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many octets the socket has not taken. */
  long inFlight() {
    lock.lock();
    try {
      return inFlight;
    } finally {
      lock.unlock();
    }
  }

  private byte[] room(int count) {
    byte[] octets = gathered;
    if (octets == null) {
      octets = new byte[Math.min(pieces, Math.max(FIRST_CAPACITY, count))];
    } else if (octets.length < length + count) {
      octets = Arrays.copyOf(octets, Math.min(pieces, Math.max(length + count, 2 * octets.length)));
    }
    gathered = octets;
    return octets;
  }
}
