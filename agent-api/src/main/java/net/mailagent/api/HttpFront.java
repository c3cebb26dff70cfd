package net.mailagent.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.runtime.ops.Faults;
import org.jspecify.annotations.Nullable;

/**
 * Between vertx-web and the calls. On the event loop: find the route, ask the {@link Guard}, check
 * the content type, read the body up to its bound. Then the call runs on a virtual thread, and its
 * answer goes back to the loop. The guard comes before the body: who may not call cannot make the
 * node read.
 */
final class HttpFront {
  private final List<Endpoint> endpoints;
  private final Guard guard;
  private final ApiLimits limits;
  private final MeterRegistry registry;
  private final Semaphore calls;
  private final Set<HttpEventSink> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  HttpFront(List<Endpoint> endpoints, Guard guard, ApiLimits limits, MeterRegistry registry) {
    this.endpoints = List.copyOf(endpoints);
    this.guard = guard;
    this.limits = limits;
    this.registry = registry;
    this.calls = new Semaphore(limits.calls());
  }

  /** What answers requests, on all event loops. */
  Handler<HttpServerRequest> handler(Vertx vertx) {
    Router router = router(vertx);
    return request -> {
      if (isReadable(request)) {
        router.handle(request);
      } else {
        ApiError error = new ApiError(400, "BadRequest", "the path or query cannot be decoded");
        send(request.response(), Answer.of(error).with("Connection", "close"));
      }
    };
  }

  /** Asked first: to the router a path that cannot be decoded is a fault worth a stack trace. */
  private static boolean isReadable(HttpServerRequest request) {
    try {
      String path = request.path();
      if (path == null || !path.startsWith("/")) {
        return false;
      }
      new QueryStringDecoder(request.uri()).parameters();
      QueryStringDecoder.decodeComponent(path);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      Set<String> allowed = methods.computeIfAbsent(endpoint.path(), p -> new TreeSet<>());
      allowed.add(endpoint.method().name());
      if (isHeadToo(endpoint)) {
        allowed.add("HEAD");
      }
      route(router, endpoint).handler(ctx -> admit(endpoint, ctx));
      if (endpoint.method().equals(HttpMethod.POST)) {
        route(router, endpoint).handler(HttpFront::requireJson);
        route(router, endpoint).handler(BodyHandler.create(false).setBodyLimit(limits.body()));
      }
      route(router, endpoint).handler(ctx -> run(endpoint, ctx));
    }
    methods.forEach((path, allowed) -> {
      String allow = String.join(", ", allowed);
      router
          .route(path)
          .handler(ctx -> {
            ApiError error =
                new ApiError(405, "MethodNotAllowed", "this path answers " + allow + " only");
            refuse(ctx, Answer.of(error).with("Allow", allow));
          });
    });
    router.route().handler(ctx -> refuse(ctx, new ApiError(404, "NotFound", "no such call")));
    router.route().failureHandler(this::failed);
    return router;
  }

  /** A step of its own on the way of an endpoint: they run in the order they are made. */
  private static Route route(Router router, Endpoint endpoint) {
    Route route = router.route(endpoint.method(), endpoint.path());
    return isHeadToo(endpoint) ? route.method(HttpMethod.HEAD) : route;
  }

  private static boolean isHeadToo(Endpoint endpoint) {
    return endpoint instanceof Endpoint.Answering && endpoint.method().equals(HttpMethod.GET);
  }

  private void admit(Endpoint endpoint, RoutingContext ctx) {
    if (endpoint.access() == Endpoint.Access.ANYBODY) {
      ctx.next();
      return;
    }
    HttpServerRequest request = ctx.request();
    Optional<ApiError> refusal =
        guard.refusal(address(request), request.headers(), ctx.queryParams());
    if (refusal.isPresent()) {
      refuse(ctx, refusal.get());
    } else {
      ctx.next();
    }
  }

  private static @Nullable InetAddress address(HttpServerRequest request) {
    String literal = request.remoteAddress().hostAddress();
    return literal == null ? null : InetAddress.ofLiteral(literal);
  }

  private static void requireJson(RoutingContext ctx) {
    String type = ctx.request().getHeader("Content-Type");
    String plain = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (plain.equals("application/json")) {
      ctx.next();
    } else {
      // a page of any site may send forms and plain text here; JSON it may not without asking
      refuse(
          ctx,
          new ApiError(415, "UnsupportedMediaType", "send JSON as Content-Type: application/json"));
    }
  }

  private void run(Endpoint endpoint, RoutingContext ctx) {
    Context loop = ctx.vertx().getOrCreateContext();
    Buffer body = ctx.body() == null ? null : ctx.body().buffer();
    Call call =
        new Call(
            ctx.pathParams(),
            ctx.queryParams(),
            ctx.request().headers(),
            body == null ? new byte[0] : body.getBytes());
    switch (endpoint) {
      case Endpoint.Answering e -> {
        if (!calls.tryAcquire()) {
          refuse(ctx, ApiError.unavailable("too many calls at the same time, try again"));
          return;
        }
        long start = System.nanoTime();
        Thread.ofVirtual()
            .name("api " + e.method() + " " + e.path())
            .start(() -> {
              Answer answer;
              try {
                answer = answer(e, call);
              } finally {
                calls.release();
              }
              meter(e, answer.status(), start);
              loop.runOnContext(v -> send(ctx, answer));
            });
      }
      case Endpoint.Streaming e -> stream(e, call, ctx, loop);
    }
  }

  private static Answer answer(Endpoint.Answering endpoint, Call call) {
    try {
      return endpoint.handler().answer(call);
    } catch (RuntimeException | Error e) { // whatever happened, the client waits for an answer
      return Answer.of(error(endpoint, e));
    }
  }

  /** What went wrong, in the words of this API; a fault is logged once with its reference. */
  private static ApiError error(Endpoint endpoint, Throwable thrown) {
    return switch (thrown) {
      case ApiError e -> e;
      case Refused e -> ApiError.of(e.refusal());
      case StoreUnavailable e -> ApiError.unavailable("the store is not available, try again");
      default -> {
        String reference = Faults.log("api " + endpoint.method() + " " + endpoint.path(), thrown);
        yield new ApiError(
            500,
            "InternalDatabaseError",
            "internal error, reference " + reference,
            Map.of("reference", reference));
      }
    };
  }

  private void stream(Endpoint.Streaming endpoint, Call call, RoutingContext ctx, Context loop) {
    HttpEventSink sink = new HttpEventSink(loop, ctx.response());
    streams.add(sink);
    sink.onEnd(() -> streams.remove(sink));
    if (stopping) {
      streams.remove(sink);
      refuse(ctx, ApiError.unavailable("this node is stopping"));
      return;
    }
    Thread.ofVirtual()
        .name("api " + endpoint.path())
        .start(() -> {
          try {
            endpoint.handler().stream(call, sink);
            sink.finish();
          } catch (EventSink.Ended e) {
            sink.finish();
          } catch (RuntimeException | Error e) {
            ApiError error = error(endpoint, e);
            sink.end();
            if (sink.hasBegun()) {
              sink.finish();
            } else {
              loop.runOnContext(v -> send(ctx, Answer.of(error)));
            }
          }
        });
  }

  private void meter(Endpoint endpoint, int status, long start) {
    Timer.builder("api.calls")
        .description("Calls of the HTTP API")
        .tag("method", endpoint.method().name())
        .tag("path", endpoint.path())
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(Duration.ofNanos(System.nanoTime() - start));
  }

  private void failed(RoutingContext ctx) {
    Throwable failure = ctx.failure();
    int status = ctx.statusCode();
    if (failure != null && (status < 400 || status >= 500)) {
      String reference = Faults.log("api routing", failure);
      refuse(
          ctx,
          new ApiError(
              500,
              "InternalDatabaseError",
              "internal error, reference " + reference,
              Map.of("reference", reference)));
    } else if (status == 413) {
      refuse(
          ctx,
          new ApiError(413, "RequestTooLarge", "a body has at most " + limits.body() + " octets"));
    } else {
      refuse(ctx, new ApiError(status, "BadRequest", "the request cannot be understood"));
    }
  }

  /** Answers a request whose body was perhaps not read: then the connection cannot go on. */
  private static void refuse(RoutingContext ctx, ApiError error) {
    refuse(ctx, Answer.of(error));
  }

  private static void refuse(RoutingContext ctx, Answer answer) {
    MultiMap headers = ctx.request().headers();
    String length = headers.get("Content-Length");
    boolean hasBody =
        headers.contains("Transfer-Encoding") || (length != null && !length.equals("0"));
    boolean unread = hasBody && !ctx.request().isEnded();
    send(ctx, unread ? answer.with("Connection", "close") : answer);
  }

  private static void send(RoutingContext ctx, Answer answer) {
    send(ctx.response(), answer);
  }

  /** On the event loop of the response. */
  private static void send(HttpServerResponse response, Answer answer) {
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

  /** Ends all push streams; their clients go on elsewhere from where they were. Any thread. */
  void endStreams() {
    stopping = true;
    List.copyOf(streams).forEach(HttpEventSink::finish);
  }
}
