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

  /**
   * A GET that waits for nothing and is answered however busy the node is: there are no more at the
   * same time than connections.
   */
  record Prompt(String path, Access access, Handler handler) implements Endpoint {
    @Override
    public HttpMethod method() {
      return HttpMethod.GET;
    }
  }

  /** A call that answers with a stream of server-sent events. */
  record Streaming(String path, Access access, StreamHandler handler) implements Endpoint {
    @Override
    public HttpMethod method() {
      return HttpMethod.GET;
    }
  }

  /** A POST that brings a message: as it is, which is streamed, or within JSON. */
  record Receiving(String path, Access access, Handler json, UploadHandler message)
      implements Endpoint {
    @Override
    public HttpMethod method() {
      return HttpMethod.POST;
    }
  }

  /** A GET that hands out octets, as a whole or a range of them. */
  record Sending(String path, Access access, DownloadHandler handler) implements Endpoint {
    @Override
    public HttpMethod method() {
      return HttpMethod.GET;
    }
  }

  /** Runs on a virtual thread of its own and may block. */
  @FunctionalInterface
  interface UploadHandler {
    /**
     * Answers; it need not read the body to its end.
     *
     * @throws ClientGone when the client broke off; for the rest see {@link Handler}
     */
    Answer answer(Call call, Upload body);
  }

  /** Runs on a virtual thread of its own and may block. */
  @FunctionalInterface
  interface DownloadHandler {
    /** Finds what to hand out; throws as {@link Handler} does. */
    Download download(Call call);
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
     * @throws ClientGone when the client is gone
     */
    void stream(Call call, EventSink sink);
  }
}
