package net.mailagent.api;

import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import net.mailagent.model.ByteSource;

/**
 * Hands out a {@link Download} as a request wants it. Blocks are pulled as the socket drains: one
 * is under way, and it is not copied. One virtual thread.
 */
final class HttpDownload {
  private static final Answer OTHER_VERSION =
      Answer.of(new ApiError(412, "PreconditionFailed", "these octets have another ETag"));

  private final HttpServerRequest request;
  private final BlockingResponse response;
  private boolean begun;

  HttpDownload(HttpServerRequest request, BlockingResponse response) {
    this.request = request;
    this.response = response;
  }

  /** Whether a part of the answer is sent: from then on it can only be completed or broken off. */
  boolean hasBegun() {
    return begun;
  }

  /** Breaks off what cannot be completed, so that the client sees that something is missing. */
  void breakOff() {
    HttpConnection connection = request.connection();
    response.later(r -> connection.close());
  }

  /**
   * Answers.
   *
   * @return the status
   * @throws ClientGone when the client does not want the rest
   */
  int send(Download download) {
    boolean get = request.method().equals(HttpMethod.GET);
    return switch (Wanted.of(get, request.headers(), download.tag(), download.length())) {
      case Wanted.Whole w -> octets(200, download, 0, download.length());
      case Wanted.Part part -> octets(206, download, part.first(), part.length());
      case Wanted.Unchanged u -> {
        response.step(r -> validated(r.setStatusCode(304), download).end());
        yield 304;
      }
      case Wanted.OtherVersion o -> {
        response.later(r -> HttpReply.send(r, OTHER_VERSION));
        yield OTHER_VERSION.status();
      }
      case Wanted.Outside o -> {
        Answer answer =
            Answer.of(
                    new ApiError(
                        416, "RangeNotSatisfiable", "there are " + download.length() + " octets"))
                .with("Content-Range", "bytes */" + download.length());
        response.later(r -> HttpReply.send(r, answer));
        yield answer.status();
      }
    };
  }

  private int octets(int status, Download download, long offset, long length) {
    boolean head = request.method().equals(HttpMethod.HEAD);
    if (head || length == 0) {
      begin(status, download, offset, length);
      response.step(HttpServerResponse::end);
      return status;
    }
    try (ByteSource source = download.content().open(offset, length)) {
      ByteBuffer block = source.next(); // what fails here is still answered
      begin(status, download, offset, length);
      long sent = 0;
      for (; block != null; block = source.next()) {
        sent += block.remaining();
        write(block);
      }
      if (sent != length) {
        throw new IllegalStateException(sent + " octets came instead of " + length);
      }
    }
    response.step(HttpServerResponse::end);
    return status;
  }

  private void write(ByteBuffer block) {
    response.step(r -> r.write(BufferInternal.buffer(Unpooled.wrappedBuffer(block))));
  }

  /** Sets the head, which goes out with the first octets. */
  private void begin(int status, Download download, long offset, long length) {
    response.step(r -> {
      validated(r.setStatusCode(status), download)
          .putHeader("Content-Type", download.contentType())
          .putHeader("Content-Length", Long.toString(length))
          .putHeader("Accept-Ranges", "bytes");
      download.headers().forEach(r::putHeader);
      if (status == 206) {
        String range = offset + "-" + (offset + length - 1) + "/" + download.length();
        r.putHeader("Content-Range", "bytes " + range);
      }
      return Future.succeededFuture();
    });
    begun = true;
  }

  /** Private mail: whoever keeps a copy asks each time whether it may be used. */
  private static HttpServerResponse validated(HttpServerResponse response, Download download) {
    return response
        .putHeader("ETag", '"' + download.tag() + '"')
        .putHeader("Cache-Control", "private, no-cache");
  }
}
