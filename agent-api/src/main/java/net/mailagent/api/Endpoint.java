package net.mailagent.api;

import io.vertx.core.http.HttpMethod;

/** One row of the route table: which call, by whom, and what it does. */
sealed interface Endpoint {
  /** Who may call. */
  enum Access {
    /** Anybody who reaches the port: health checks and the description of the API. */
    ANYBODY,
    /** Holders of the root token; without one, programs on this host. */
    ROOT
  }

  HttpMethod method();

  /** With variables as {@code :name}. */
  String path();

  Access access();

  /** A call that answers once. */
  record Answering(HttpMethod method, String path, Access access, Handler handler)
      implements Endpoint {}

  /** A call that answers with a stream of server-sent events. */
  record Streaming(String path, Access access, StreamHandler handler) implements Endpoint {
    @Override
    public HttpMethod method() {
      return HttpMethod.GET;
    }
  }

  /** Runs on a virtual thread of its own and may block. */
  @FunctionalInterface
  interface Handler {
    /**
     * Answers.
     *
     * @throws ApiError for any other answer than success; also Refused and StoreUnavailable are
     *     understood
     */
    Answer answer(Call call);
  }

  /** Runs on a virtual thread of its own as long as the stream lasts. */
  @FunctionalInterface
  interface StreamHandler {
    /**
     * Streams; what it throws before {@link EventSink#begin} is answered as by {@link Handler}.
     *
     * @throws EventSink.Ended when the client is gone
     */
    void stream(Call call, EventSink sink);
  }
}
