package net.mailagent.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** An {@link EventSink} over an HTTP/1.1 response; a slow client pauses its stream. */
final class HttpEventSink implements EventSink {
  private final BlockingResponse response;
  private volatile boolean begun;

  /** Made on the event loop of the response, before anything else can close it. */
  HttpEventSink(Context context, HttpServerResponse response) {
    this.response = new BlockingResponse(context, response);
  }

  @Override
  public void begin() {
    begun = true;
    response.step(r ->
        r.setStatusCode(200)
            .setChunked(true)
            .putHeader("Content-Type", "text/event-stream")
            .putHeader("Cache-Control", "no-store")
            .putHeader("X-Accel-Buffering", "no") // a proxy in front must not hold events back
            .writeHead());
  }

  boolean hasBegun() {
    return begun;
  }

  @Override
  public void write(byte[] octets) {
    response.step(r -> r.write(Buffer.buffer(octets)));
  }

  @Override
  public boolean isOpen() {
    return response.isOpen();
  }

  @Override
  public void onEnd(Runnable task) {
    response.onEnd(task);
  }

  /** The client is gone, or the node stops. Any thread. */
  void end() {
    response.end();
  }

  /** Ends the response, if the client is still there. Any thread. */
  void finish() {
    end();
    response.later(r -> {
      if (!r.headWritten()) {
        r.setStatusCode(503); // stopped before it began: the client shall come back
      }
      r.end();
    });
  }
}
