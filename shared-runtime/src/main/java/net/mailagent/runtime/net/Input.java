package net.mailagent.runtime.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What a client has sent, read in blocking style on the connection's runner. When more than a bound
 * is buffered the socket is paused, and resumed when half of it was read. Every blocking method
 * throws {@link Disconnected} when the client is gone and everything it sent has been read, and
 * {@link IdleTimeout} when nothing arrives for the idle time-out. A read that has to wait sends
 * what was written before.
 *
 * <p>Only the connection's runner reads; its event loop fills.
 */
public final class Input {
  private static final byte[] NOTHING = {};
  private static final int SMALL_BLOCK = 1024;

  private final Flow flow;

  // Guarded by this. The first block is read from `position`; blocks are never empty.
  private final ArrayDeque<byte[]> blocks = new ArrayDeque<>(1);
  private int position;
  private int buffered;
  private int bound;
  private boolean paused;
  private boolean ended;
  private long consumed;
  private long lastArrival = System.nanoTime();

  /** The socket behind this input. */
  interface Flow {
    /** Stops reading from the socket; called on its event loop. */
    void pause();

    /** Reads from the socket again; any thread. */
    void resume();

    /** The runner is about to wait for input: sends what it has written. */
    void beforeWait();

    /** How long to wait for more, in nanoseconds. */
    long idleNanos();

    /** The caller must be the runner. */
    void requireRunner();
  }

  Input(Flow flow, int bound) {
    this.flow = flow;
    this.bound = bound;
  }

  /** Whether nothing is buffered: a read would block, or the client is gone. */
  public synchronized boolean isEmpty() {
    return buffered == 0;
  }

  /** How many octets are buffered. */
  public synchronized int buffered() {
    return buffered;
  }

  /**
   * The next line; blocks until its end is there.
   *
   * @param maxBytes how long it may be without its end
   * @throws LineTooLong when it is longer; the rest of it was skipped without buffering
   */
  public Line readLine(int maxBytes) throws LineTooLong {
    flow.requireRunner();
    byte[] line = NOTHING;
    int length = 0;
    while (true) {
      ByteBuffer piece = await(Integer.MAX_VALUE);
      int lf = indexOfLf(piece);
      int count = lf < 0 ? piece.remaining() : lf;
      // One more than allowed is kept, for the CR of a line that is just as long as it may be.
      if (length + count > maxBytes + 1) {
        throw skipLine(maxBytes, Arrays.copyOf(line, length));
      }
      line = withRoom(line, length + count, lf >= 0);
      piece.get(line, length, count);
      length += count;
      consume(lf < 0 ? count : count + 1);
      if (lf >= 0) {
        boolean crlf = length > 0 && line[length - 1] == '\r';
        length -= crlf ? 1 : 0;
        if (length > maxBytes) {
          byte[] whole = Arrays.copyOf(line, length);
          throw new LineTooLong(maxBytes, Arrays.copyOf(whole, maxBytes), tail(NOTHING, whole));
        }
        byte[] octets = length == line.length ? line : Arrays.copyOf(line, length);
        return new Line(octets, crlf ? Line.End.CRLF : Line.End.LF);
      }
    }
  }

  /**
   * The next piece of input, as it arrived; blocks while there is none. Not copied where it need
   * not be; it stays valid.
   *
   * @param max how many octets at most, at least 1
   * @return 1 to max octets, read-only
   */
  public ByteBuffer read(int max) {
    ByteBuffer piece = peek(max);
    consume(piece.remaining());
    return piece;
  }

  /**
   * Like {@link #read}, but what is returned stays to be read: for data whose end shows only in the
   * data. {@link #skip} then takes what belongs to it.
   */
  public ByteBuffer peek(int max) {
    flow.requireRunner();
    if (max < 1) {
      throw new IllegalArgumentException("max must be at least 1, not " + max);
    }
    return await(max);
  }

  /** Exactly so many octets, in one array; for small literals whose length was checked. */
  public byte[] readExactly(int length) {
    byte[] octets = new byte[length];
    int filled = 0;
    while (filled < length) {
      ByteBuffer piece = read(length - filled);
      int count = piece.remaining();
      piece.get(octets, filled, count);
      filled += count;
    }
    return octets;
  }

  /** Drops so many octets, waiting for them as needed, without buffering. */
  public void skip(long length) {
    for (long left = length; left > 0; ) {
      left -= read((int) Math.min(left, Integer.MAX_VALUE)).remaining();
    }
  }

  /** Adds what arrived; called on the event loop. */
  synchronized void append(byte[] block) {
    if (ended || block.length == 0) {
      return;
    }
    lastArrival = System.nanoTime();
    addBlock(block);
    buffered += block.length;
    if (buffered >= bound) {
      paused = true; // again if it was: an earlier resume may still be on its way to the socket
      flow.pause();
    }
    notifyAll();
  }

  /** Nothing more will arrive; what is buffered can still be read. Any thread. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** This side is done: nothing more is taken, and what is buffered is dropped. Any thread. */
  synchronized void close() {
    end();
    discard();
  }

  /** Drops what is buffered. */
  synchronized void discard() {
    blocks.clear();
    position = 0;
    consumed += buffered;
    buffered = 0;
    resumeWhenLow();
  }

  /** How much may be buffered before the socket is paused. */
  synchronized void bound(int octets) {
    bound = octets;
    resumeWhenLow();
  }

  /** Whether nothing more will arrive. */
  synchronized boolean isEnded() {
    return ended;
  }

  /** How many octets were read so far. */
  synchronized long consumed() {
    return consumed;
  }

  /** When the last octets arrived, in {@link System#nanoTime} terms. */
  synchronized long lastArrival() {
    return lastArrival;
  }

  /** Joins small blocks, so that octets that come one by one do not cost an array each. */
  private void addBlock(byte[] block) {
    byte[] last = blocks.peekLast();
    if (last == null || last.length + block.length > SMALL_BLOCK) {
      blocks.add(block);
      return;
    }
    // A new array: parts of the old one may have been handed out.
    byte[] joined = Arrays.copyOf(last, last.length + block.length);
    System.arraycopy(block, 0, joined, last.length, block.length);
    blocks.removeLast();
    blocks.add(joined);
  }

  private ByteBuffer await(int max) {
    if (isEmpty()) {
      flow.beforeWait();
    }
    return awaitBlock(max);
  }

  private synchronized ByteBuffer awaitBlock(int max) {
    long start = System.nanoTime();
    while (buffered == 0) {
      if (ended) {
        throw new Disconnected();
      }
      long waited = System.nanoTime() - Math.max(start, lastArrival);
      long left = flow.idleNanos() - waited;
      if (left <= 0) {
        throw new IdleTimeout();
      }
      try {
        wait(Math.max(1, left / 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Disconnected();
      }
    }
    byte[] block = blocks.getFirst();
    return ByteBuffer.wrap(block, position, Math.min(max, block.length - position))
        .slice()
        .asReadOnlyBuffer();
  }

  private synchronized void consume(int count) {
    if (count > buffered) {
      throw new Disconnected(); // the connection was closed meanwhile
    }
    consumed += count;
    buffered -= count;
    position += count;
    if (position == blocks.getFirst().length) {
      blocks.removeFirst();
      position = 0;
    }
    resumeWhenLow();
  }

  private void resumeWhenLow() {
    if (paused && buffered <= bound / 2) {
      paused = false;
      flow.resume();
    }
  }

  private LineTooLong skipLine(int maxBytes, byte[] read) {
    byte[] start = Arrays.copyOf(read, maxBytes);
    int filled = Math.min(read.length, maxBytes);
    byte[] end = tail(NOTHING, read);
    while (true) {
      ByteBuffer piece = await(Integer.MAX_VALUE);
      int lf = indexOfLf(piece);
      byte[] octets = new byte[lf < 0 ? piece.remaining() : lf];
      piece.get(octets);
      consume(lf < 0 ? octets.length : octets.length + 1);
      int take = Math.min(octets.length, maxBytes - filled);
      System.arraycopy(octets, 0, start, filled, take);
      filled += take;
      end = tail(end, octets);
      if (lf >= 0) {
        boolean crlf = end.length > 0 && end[end.length - 1] == '\r';
        int length = crlf ? end.length - 1 : end.length;
        return new LineTooLong(maxBytes, start, Arrays.copyOf(end, length));
      }
    }
  }

  /** The last octets of the two together: as many as {@link LineTooLong} tells, and a CR. */
  private static byte[] tail(byte[] before, byte[] octets) {
    int keep = LineTooLong.END_LENGTH + 1;
    if (octets.length >= keep) {
      return Arrays.copyOfRange(octets, octets.length - keep, octets.length);
    }
    int fromBefore = Math.min(keep - octets.length, before.length);
    byte[] joined = new byte[fromBefore + octets.length];
    System.arraycopy(before, before.length - fromBefore, joined, 0, fromBefore);
    System.arraycopy(octets, 0, joined, fromBefore, octets.length);
    return joined;
  }

  /** The same octets with room for more; doubles, so that a line sent octet by octet is linear. */
  private static byte[] withRoom(byte[] line, int length, boolean last) {
    if (length <= line.length) {
      return line;
    }
    return Arrays.copyOf(line, last ? length : Math.max(length, 2 * line.length));
  }

  private static int indexOfLf(ByteBuffer piece) {
    for (int i = piece.position(); i < piece.limit(); i++) {
      if (piece.get(i) == '\n') {
        return i - piece.position();
      }
    }
    return -1;
  }
}
