package net.mailagent.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Between vertx-web and the calls. On the event loop: find the route, ask the {@link Guard}, check
 * the content type and coding, read a JSON body up to its bound. Then the call runs on a virtual
 * thread, which pulls a message that is uploaded and pushes one that is downloaded, and its answer
 * goes back to the loop. The guard comes before the body: who may not call cannot make the node
 * read.
 */
final class HttpFront {
  private static final Set<String> MESSAGE_TYPES = Set.of("message/rfc822", "message/global");

  /** Nobody reads it; for the meters only. */
  private static final Answer BROKEN_OFF =
      Answer.of(new ApiError(499, "ClientGone", "the client broke off"));

  private final List<Endpoint> endpoints;
  private final Guard guard;
  private final ApiLimits limits;
  private final MeterRegistry registry;
  private final Semaphore calls;
  private final Semaphore transfers;
  private final Set<HttpEventSink> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  HttpFront(List<Endpoint> endpoints, Guard guard, ApiLimits limits, MeterRegistry registry) {
    this.endpoints = List.copyOf(endpoints);
    this.guard = guard;
    this.limits = limits;
    this.registry = registry;
    this.calls = new Semaphore(limits.calls());
    this.transfers = new Semaphore(limits.transfers());
    Gauge.builder("api.transfers", transfers, t -> limits.transfers() - t.availablePermits())
        .description("Uploads and downloads of messages under way")
        .register(registry);
  }

  /** What answers requests, on all event loops. */
  Handler<HttpServerRequest> handler(Vertx vertx) {
    Router router = router(vertx);
    return request -> {
      if (isReadable(request)) {
        router.handle(request);
      } else {
        ApiError error = new ApiError(400, "BadRequest", "the path or query cannot be decoded");
        HttpReply.send(request.response(), Answer.of(error).with("Connection", "close"));
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
        route(router, endpoint).handler(ctx -> requireType(endpoint, ctx));
        BodyHandler json = BodyHandler.create(false).setBodyLimit(limits.body());
        route(router, endpoint)
            .handler(ctx -> {
              if (isJson(ctx)) {
                json.handle(ctx);
              } else {
                ctx.next(); // the call pulls the body
              }
            });
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
    return switch (endpoint) {
      case Endpoint.Answering e -> e.method().equals(HttpMethod.GET);
      case Endpoint.Prompt e -> true;
      case Endpoint.Sending e -> true;
      case Endpoint.Receiving e -> false;
      case Endpoint.Streaming e -> false;
    };
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

  private void requireType(Endpoint endpoint, RoutingContext ctx) {
    boolean takesMessages = endpoint instanceof Endpoint.Receiving;
    if (isEncoded(ctx)) {
      ApiError error =
          new ApiError(415, "UnsupportedMediaType", "send it without a Content-Encoding");
      refuse(ctx, Answer.of(error).with("Accept-Encoding", "identity")); // RFC 9110, 15.5.16
    } else if (isJson(ctx) || (takesMessages && MESSAGE_TYPES.contains(mediaType(ctx)))) {
      ctx.next();
    } else {
      // a page of any site may send forms and plain text here; these it may not without asking
      String types = takesMessages ? "message/rfc822 or application/json" : "application/json";
      refuse(ctx, new ApiError(415, "UnsupportedMediaType", "send it as Content-Type: " + types));
    }
  }

  /** Whether the body is compressed or such (RFC 9110 section 8.4), which is never undone here. */
  private static boolean isEncoded(RoutingContext ctx) {
    return ctx.request().headers().getAll("Content-Encoding").stream()
        .flatMap(codings -> Stream.of(codings.split(",")))
        .map(String::strip)
        .anyMatch(coding -> !coding.isEmpty() && !coding.equalsIgnoreCase("identity"));
  }

  private static boolean isJson(RoutingContext ctx) {
    return mediaType(ctx).equals("application/json");
  }

  private static String mediaType(RoutingContext ctx) {
    String type = ctx.request().getHeader("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
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
      case Endpoint.Answering e -> answer(e, calls, ctx, loop, () -> e.handler().answer(call));
      case Endpoint.Prompt e -> answer(e, () -> {}, ctx, loop, () -> e.handler().answer(call));
      case Endpoint.Receiving e when isJson(ctx) ->
          answer(e, calls, ctx, loop, () -> e.json().answer(call));
      case Endpoint.Receiving e -> {
        HttpUpload upload = new HttpUpload(loop, ctx.request());
        answer(e, transfers, ctx, loop, () -> e.message().answer(call, upload));
      }
      case Endpoint.Sending e -> download(e, call, ctx, loop);
      case Endpoint.Streaming e -> stream(e, call, ctx, loop);
    }
  }

  /** Runs a call that answers once, when there is room for it among its kind. */
  private void answer(
      Endpoint endpoint, Semaphore room, RoutingContext ctx, Context loop, Supplier<Answer> call) {
    if (room.tryAcquire()) {
      answer(endpoint, room::release, ctx, loop, call);
    } else {
      refuse(ctx, ApiError.unavailable("too many calls at the same time, try again"));
    }
  }

  private void answer(
      Endpoint endpoint, Runnable done, RoutingContext ctx, Context loop, Supplier<Answer> call) {
    long start = System.nanoTime();
    onThread(
        endpoint,
        () -> {
          Answer answer;
          try {
            answer = call.get();
          } catch (ClientGone e) {
            answer = BROKEN_OFF;
          } catch (RuntimeException | Error e) { // whatever happened, the client waits
            answer = Answer.of(HttpReply.error(endpoint, e));
          } finally {
            done.run();
          }
          meter(endpoint, answer.status(), start);
          Answer last = answer;
          loop.runOnContext(v -> refuse(ctx, last));
        });
  }

  private static void onThread(Endpoint endpoint, Runnable task) {
    Thread.ofVirtual().name("api " + endpoint.method() + " " + endpoint.path()).start(task);
  }

  private void download(Endpoint.Sending endpoint, Call call, RoutingContext ctx, Context loop) {
    if (!transfers.tryAcquire()) {
      refuse(ctx, ApiError.unavailable("too many transfers at the same time, try again"));
      return;
    }
    long start = System.nanoTime();
    HttpDownload download =
        new HttpDownload(ctx.request(), new BlockingResponse(loop, ctx.response()));
    onThread(
        endpoint,
        () -> {
          int status;
          try {
            status = download.send(endpoint.handler().download(call));
          } catch (ClientGone e) {
            status = BROKEN_OFF.status();
          } catch (RuntimeException | Error e) {
            Answer answer = Answer.of(HttpReply.error(endpoint, e));
            status = answer.status();
            if (download.hasBegun()) {
              download.breakOff();
            } else {
              loop.runOnContext(v -> refuse(ctx, answer));
            }
          } finally {
            transfers.release();
          }
          meter(endpoint, status, start);
        });
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
    onThread(
        endpoint,
        () -> {
          try {
            endpoint.handler().stream(call, sink);
            sink.finish();
          } catch (ClientGone e) {
            sink.finish();
          } catch (RuntimeException | Error e) {
            ApiError error = HttpReply.error(endpoint, e);
            sink.end();
            if (sink.hasBegun()) {
              sink.finish();
            } else {
              loop.runOnContext(v -> refuse(ctx, error));
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
      refuse(ctx, HttpReply.fault("api routing", failure));
    } else if (status == 413) {
      refuse(
          ctx,
          new ApiError(413, "RequestTooLarge", "a body has at most " + limits.body() + " octets"));
    } else {
      refuse(ctx, new ApiError(status, "BadRequest", "the request cannot be understood"));
    }
  }

  private void refuse(RoutingContext ctx, ApiError error) {
    refuse(ctx, Answer.of(error));
  }

  /** Answers, also a request whose body was not read. */
  private void refuse(RoutingContext ctx, Answer answer) {
    HttpReply.refuse(ctx.vertx(), ctx.request(), answer, limits.linger());
  }

  /** Ends all push streams; their clients go on elsewhere from where they were. Any thread. */
  void endStreams() {
    stopping = true;
    List.copyOf(streams).forEach(HttpEventSink::finish);
  }
}
