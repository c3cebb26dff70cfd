package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Push parser: fed network buffers of any size, one pass, memory bounded by the limits, never by
 * the message. Any octets are a message; nothing throws but the sink. One thread at a time.
 *
 * <p>Invariants: what went to the sink plus what is held is what was written, in order; only a line
 * break and the line behind it are ever held, while it is open whether they are a boundary; the
 * outcome does not depend on how the input was cut.
 */
public final class MimeParser {
  private static final int HOLD = -2;

  private final MimeLimits limits;
  private final HeaderBlock block;
  private final Delimiters delimiters;
  private final LineFeeds feeds = new LineFeeds();
  private final PartTree tree;

  /** Octets written before the buffer at hand, less the position it had. */
  private long base;

  /** Whether the next octet is the first of a line. */
  private boolean lineStart = true;

  /** Octets of the line break in front of that line, when it ended a closing boundary. */
  private int breakBefore;

  /** Octets of the header line at hand, and its first octet, to tell the blank line. */
  private long lineLength;

  private byte lineFirst;

  /** A line break of a body that is not given to the sink before the next line is known. */
  private String heldBreak = "";

  /** The beginning of a line that may be a boundary. */
  private byte[] line = new byte[512];

  private int held;
  private boolean finished;

  /**
   * @param sink is told every octet, during {@link #write} and {@link #finish}
   */
  public MimeParser(MimeLimits limits, MimeSink sink) {
    this.limits = limits;
    this.block = new HeaderBlock(limits.maxField());
    this.delimiters = new Delimiters();
    this.tree = new PartTree(limits, delimiters, sink);
  }

  /** Takes all remaining octets; the buffer may be reused afterwards. */
  public void write(ByteBuffer bytes) {
    if (finished) {
      throw new IllegalStateException("the message has ended");
    }
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int pos = in.position();
    int limit = in.limit();
    base -= pos;
    while (pos < limit) {
      if (held > 0 || heldBreak.equals("\r")) {
        pos = resume(in, pos, limit);
      } else {
        pos =
            switch (tree.state()) {
              case HEADER -> header(in, pos, limit);
              case BODY -> body(in, pos, limit);
              case REST -> rest(in, pos, limit);
            };
      }
    }
    base += limit;
    bytes.position(bytes.limit());
  }

  /** Ends the message; once. */
  public ParsedMessage finish() {
    if (finished) {
      throw new IllegalStateException("the message has ended");
    }
    finished = true;
    Delimiters.Match match = held > 0 ? delimiters.match(line, held) : null;
    if (match != null) {
      endAtBoundary(match, base - held, Math.max(heldBreak.length(), breakBefore));
      emitHeld();
      behindBoundary(match, base, 0);
    } else if (held > 0 && tree.state() == PartTree.State.HEADER) {
      releaseHeaderLine(base);
    } else {
      emitHeld();
    }
    while (tree.state() == PartTree.State.HEADER) {
      endHeader(base);
    }
    tree.endParts(null, base, 0, feeds.count());
    return tree.outcome(base);
  }

  // --- header -------------------------------------------------------------------------------

  private int header(ByteBuffer in, int from, int limit) {
    int pos = from;
    while (pos < limit) {
      if (lineStart && in.get(pos) == '-' && !delimiters.isEmpty()) {
        int end = candidate(in, pos, limit);
        if (end == HOLD) {
          emit(in, from, pos);
          hold(in, pos, limit);
          return limit;
        }
        Delimiters.Match match = end < 0 ? null : match(in, pos, end);
        if (match != null) {
          emit(in, from, pos);
          return boundary(in, match, pos, pos, end, 0);
        }
      }
      int feed = LineFeeds.next(in, pos, limit);
      int end = feed < 0 ? limit : feed + 1;
      int taken = addToHeader(in, pos, end, base + pos);
      if (taken < end) {
        emit(in, from, taken);
        headerTooLong(base + taken);
        return taken;
      }
      pos = end;
      if (feed >= 0 && endsHeader()) {
        emit(in, from, pos);
        endHeader(base + pos);
        return pos;
      }
    }
    emit(in, from, limit);
    return limit;
  }

  /** Adds octets of one line to the block as far as the limit allows; returns where they end. */
  private int addToHeader(ByteBuffer in, int from, int to, long offset) {
    if (lineStart) {
      byte first = in.get(from);
      if (first != ' ' && first != '\t') {
        block.end(tree);
      }
      lineStart = false;
      lineFirst = first;
      lineLength = 0;
    }
    long room = tree.headerStart() + limits.maxHeaderBlock() - offset;
    int end = (int) Math.min(to, from + room);
    block.add(in, from, end);
    lineLength += end - from;
    return end;
  }

  /** A header line is complete; whether it was the blank one. */
  private boolean endsHeader() {
    feeds.add();
    lineStart = true;
    return lineLength == 1 || (lineLength == 2 && lineFirst == '\r');
  }

  private void headerTooLong(long at) {
    block.reset();
    tree.headerTooLong(at, feeds.count());
  }

  /** The header of the current part is complete; what follows is its body. */
  private void endHeader(long at) {
    if (block.blank()) {
      block.reset();
    } else {
      block.end(tree);
    }
    tree.headerEnds(at, feeds.count());
    lineStart = true;
    breakBefore = 0;
  }

  // --- body ---------------------------------------------------------------------------------

  private int body(ByteBuffer in, int from, int limit) {
    if (delimiters.isEmpty()) {
      return rest(in, from, limit);
    }
    int pos = from;
    int breakAt = from; // the line break in front of pos is [breakAt, pos)
    while (true) {
      if (lineStart && in.get(pos) == '-') {
        int end = candidate(in, pos, limit);
        if (end == HOLD) {
          emit(in, from, breakAt);
          holdBreak(pos - breakAt);
          hold(in, pos, limit);
          return limit;
        }
        Delimiters.Match match = end < 0 ? null : match(in, pos, end);
        if (match != null) {
          emit(in, from, breakAt);
          int before = Math.max(heldBreak.length(), breakBefore);
          return boundary(in, match, breakAt, pos, end, Math.max(pos - breakAt, before));
        }
      }
      emitHeld(); // a line break of an earlier buffer, if any
      int feed = feeds.beforeDash(in, pos, limit);
      if (feed < 0) {
        int end = in.get(limit - 1) == '\r' ? limit - 1 : limit;
        emit(in, from, end);
        heldBreak = end < limit ? "\r" : "";
        return limit;
      }
      pos = feed + 1;
      breakAt = feed > from && in.get(feed - 1) == '\r' ? feed - 1 : feed;
      lineStart = true;
      if (pos == limit) {
        emit(in, from, breakAt);
        holdBreak(pos - breakAt);
        return limit;
      }
    }
  }

  private int rest(ByteBuffer in, int from, int limit) {
    feeds.countAll(in, from, limit);
    emit(in, from, limit);
    return limit;
  }

  // --- boundaries ---------------------------------------------------------------------------

  /** The line feed that ends the line at pos, HOLD when more is needed, -1 when it is too long. */
  private int candidate(ByteBuffer in, int pos, int limit) {
    int end = LineFeeds.next(in, pos, Math.min(limit, pos + delimiters.maxLine() + 1));
    return end < 0 && limit - pos <= delimiters.maxLine() ? HOLD : end;
  }

  private Delimiters.@Nullable Match match(ByteBuffer in, int pos, int end) {
    room(end - pos);
    in.get(pos, line, 0, end - pos);
    return delimiters.match(line, end - pos);
  }

  /** Acts on the boundary [pos, feed] whose line break [breakAt, pos) was not emitted either. */
  private int boundary(
      ByteBuffer in, Delimiters.Match match, int breakAt, int pos, int feed, int breakLength) {
    endAtBoundary(match, base + pos, breakLength);
    emitHeld();
    emit(in, breakAt, feed + 1);
    feeds.add();
    behindBoundary(match, base + feed + 1, in.get(feed - 1) == '\r' ? 2 : 1);
    return feed + 1;
  }

  /** Ends all that a boundary ends; it begins at that offset, behind a line break of its own. */
  private void endAtBoundary(Delimiters.Match match, long at, int breakLength) {
    while (tree.state() == PartTree.State.HEADER) {
      endHeader(at);
    }
    tree.endParts(match.multipart(), at, breakLength, feeds.count());
  }

  private void behindBoundary(Delimiters.Match match, long at, int lineBreak) {
    tree.behindBoundary(match, at, feeds.count());
    lineStart = true;
    breakBefore = match.close() ? lineBreak : 0;
  }

  // --- what is held, what is emitted ----------------------------------------------------------

  private void holdBreak(int length) {
    if (length > 0) {
      heldBreak = length == 1 ? "\n" : "\r\n";
    }
  }

  private void room(int octets) {
    if (line.length < octets) {
      line = Arrays.copyOf(line, Math.max(octets, Math.min(2 * line.length, delimiters.maxLine())));
    }
  }

  private void hold(ByteBuffer in, int from, int to) {
    room(held + to - from);
    in.get(from, line, held, to - from);
    held += to - from;
  }

  /** Goes on with what an earlier buffer left open. */
  private int resume(ByteBuffer in, int pos, int limit) {
    if (heldBreak.equals("\r")) {
      if (in.get(pos) != '\n') {
        emitHeld();
        return pos;
      }
      feeds.add();
      heldBreak = "\r\n";
      lineStart = true;
      return pos + 1;
    }
    int room = delimiters.maxLine() - held;
    int feed = LineFeeds.next(in, pos, (int) Math.min(limit, (long) pos + room + 1));
    if (feed < 0 && limit - pos <= room) {
      hold(in, pos, limit);
      return limit;
    }
    Delimiters.Match match = null;
    if (feed >= 0) {
      hold(in, pos, feed);
      match = delimiters.match(line, held);
    }
    if (match != null) {
      boolean carriageReturn = line[held - 1] == '\r';
      endAtBoundary(match, base + feed - held, Math.max(heldBreak.length(), breakBefore));
      emitHeld();
      emit(in, feed, feed + 1);
      feeds.add();
      behindBoundary(match, base + feed + 1, carriageReturn ? 2 : 1);
      return feed + 1;
    }
    return release(pos, feed);
  }

  /** The held line is no boundary; its line feed is at that index if it was found. */
  private int release(int pos, int feed) {
    int next = feed < 0 ? pos : feed;
    if (tree.state() == PartTree.State.HEADER) {
      releaseHeaderLine(base + next);
      return next;
    }
    if (feed < 0) {
      emitHeld();
      return pos;
    }
    boolean carriageReturn = line[held - 1] == '\r';
    if (carriageReturn) {
      held--;
    }
    emitHeld();
    feeds.add();
    heldBreak = carriageReturn ? "\r\n" : "\n";
    lineStart = true;
    return feed + 1;
  }

  /** Hands the held line, which ends at that offset, to the header block. */
  private void releaseHeaderLine(long end) {
    int length = held;
    ByteBuffer octets = ByteBuffer.wrap(Arrays.copyOf(line, length));
    held = 0;
    int taken = addToHeader(octets, 0, length, end - length);
    emit(octets, 0, taken);
    if (taken < length) {
      headerTooLong(end - length + taken);
      emit(octets, taken, length);
    }
  }

  private void emitHeld() {
    if (!heldBreak.isEmpty()) {
      ByteBuffer octets = ByteBuffer.wrap(heldBreak.getBytes(StandardCharsets.US_ASCII));
      heldBreak = "";
      emit(octets, 0, octets.limit());
    }
    if (held > 0) {
      ByteBuffer octets = ByteBuffer.wrap(Arrays.copyOf(line, held));
      held = 0;
      emit(octets, 0, octets.limit());
    }
    lineStart = false;
    breakBefore = 0;
  }

  private void emit(ByteBuffer in, int from, int to) {
    if (from == to) {
      return;
    }
    tree.octets(in.slice(from, to - from));
  }
}
