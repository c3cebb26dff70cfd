package net.mailagent.api;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.runtime.ops.Faults;

/** How answers go out over HTTP/1.1. On the event loop of the request. */
final class HttpReply {
  private HttpReply() {}

  static void send(HttpServerResponse response, Answer answer) {
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(answer.status())
        .putHeader("Content-Type", answer.contentType())
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(response::putHeader);
    response.end(Buffer.buffer(answer.body()));
  }

  /**
   * Answers a request whose body may not have been read to its end. Then the connection ends, too,
   * but not at once: for some time what still comes is read and dropped, as a client that is
   * sending would lose the answer by a reset.
   */
  static void refuse(Vertx vertx, HttpServerRequest request, Answer answer, Duration linger) {
    if (request.response().closed()) {
      return;
    }
    String length = request.getHeader("Content-Length");
    boolean hasBody =
        request.headers().contains("Transfer-Encoding") || (length != null && !length.equals("0"));
    if (!hasBody || request.isEnded()) {
      send(request.response(), answer);
      return;
    }
    HttpConnection connection = request.connection();
    long timer = vertx.setTimer(Math.max(1, linger.toMillis()), t -> connection.close());
    request.exceptionHandler(gone -> vertx.cancelTimer(timer));
    request.handler(dropped -> {});
    request.endHandler(v -> {
      vertx.cancelTimer(timer);
      connection.close();
    });
    send(request.response(), answer.with("Connection", "close"));
    request.resume();
  }

  /** What went wrong, in the words of this API; a fault is logged once with its reference. */
  static ApiError error(Endpoint endpoint, Throwable thrown) {
    return switch (thrown) {
      case ApiError e -> e;
      case Refused e -> ApiError.of(e.refusal());
      case StoreUnavailable e -> ApiError.unavailable("the store is not available, try again");
      default -> fault("api " + endpoint.method() + " " + endpoint.path(), thrown);
    };
  }

  /** A fault, logged with what was being done. */
  static ApiError fault(String doing, Throwable thrown) {
    String reference = Faults.log(doing, thrown);
    return new ApiError(
        500,
        "InternalDatabaseError",
        "internal error, reference " + reference,
        Map.of("reference", reference));
  }

  /** What the HTTP parser could not read: told in the same shape. */
  static void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    String problem = cause == null ? "" : String.valueOf(cause.getMessage());
    ApiError error =
        switch (cause) {
          case io.netty.handler.codec.http.TooLongHttpLineException e ->
              new ApiError(414, "RequestTooLarge", "the request line is too long");
          case io.netty.handler.codec.http.TooLongHttpHeaderException e ->
              new ApiError(431, "RequestTooLarge", "the headers are too long");
          case null, default ->
              new ApiError(
                  400,
                  "BadRequest",
                  "not HTTP: " + problem.substring(0, Math.min(100, problem.length())));
        };
    send(request.response(), Answer.of(error).with("Connection", "close"));
  }
}
