package net.mailagent.api;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP/1.1 request, streamed. The event loop takes a few pieces ahead, of 8 KiB at
 * most, and then reads nothing more from the socket until the thread has used half of them. A
 * client that waits to be asked for its body (RFC 9110 section 10.1.1) is asked by the first {@link
 * #next}, so that what can be refused before is refused before.
 */
final class HttpUpload implements Upload {
  private static final int AHEAD = 16;

  private sealed interface Piece {
    record Octets(ByteBuffer buffer) implements Piece {}

    record End() implements Piece {}

    record BrokenOff() implements Piece {}
  }

  private final Context context;
  private final HttpServerRequest request;

  // Bounded by what was fetched: AHEAD pieces, then how it ended.
  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

  // Of the thread that reads.
  private boolean begun;
  private boolean ended;
  private int used; // pieces since the last fetch

  /** Made on the event loop of the request, before it has read any of the body. */
  HttpUpload(Context context, HttpServerRequest request) {
    this.context = context;
    this.request = request;
    request.pause();
    request.exceptionHandler(failure -> pieces.add(new Piece.BrokenOff()));
    request.endHandler(v -> pieces.add(new Piece.End()));
    request.handler(
        buffer -> pieces.add(new Piece.Octets(((BufferInternal) buffer).getByteBuf().nioBuffer())));
  }

  @Override
  public @Nullable ByteBuffer next() {
    if (ended) {
      return null;
    }
    if (!begun) {
      begun = true;
      begin();
    }
    try {
      while (true) {
        switch (pieces.take()) {
          case Piece.Octets octets -> {
            if (++used == AHEAD / 2) {
              used = 0;
              context.runOnContext(v -> request.fetch(AHEAD / 2));
            }
            if (octets.buffer().hasRemaining()) {
              return octets.buffer();
            }
          }
          case Piece.End end -> {
            ended = true;
            return null;
          }
          case Piece.BrokenOff gone -> throw new ClientGone();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGone();
    }
  }

  private void begin() {
    context.runOnContext(v -> {
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
      request.fetch(AHEAD);
    });
  }
}
