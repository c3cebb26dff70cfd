package net.mailagent.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.model.Refused;
import net.mailagent.model.UserId;

/** GET /users/{user}/updates: opens push streams and bounds how many there are. Any thread. */
final class PushCalls {
  private final PushLimits limits;
  private final UserCalls users;
  private final PushStream.Ports ports;
  private final Map<UserId, Integer> byUser = new ConcurrentHashMap<>();
  private final AtomicInteger all = new AtomicInteger();

  PushCalls(PushLimits limits, UserCalls users, PushStream.Ports ports, MeterRegistry registry) {
    this.limits = limits;
    this.users = users;
    this.ports = ports;
    Gauge.builder("push.streams", all, AtomicInteger::get)
        .description("Open push streams")
        .register(registry);
  }

  /** Streams the user's changes behind Last-Event-ID, or from now on. */
  void updates(Call call, EventSink sink) {
    Optional<EventId> from = lastEventId(call);
    UserId user = users.resolve(call.variable("user"));
    enter(user);
    try {
      new PushStream(user, limits, ports, sink).run(from);
    } catch (Refused e) {
      throw ApiError.of(e.refusal());
    } finally {
      leave(user);
    }
  }

  /** The header wins: a browser that comes back repeats the query of its first request. */
  private static Optional<EventId> lastEventId(Call call) {
    Optional<String> given =
        call.header("Last-Event-ID")
            .filter(id -> !id.isBlank())
            .or(() -> call.parameter("lastEventId").filter(id -> !id.isBlank()));
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Optional<EventId> id = EventId.parse(given.get().strip());
    if (id.isEmpty()) {
      throw ApiError.invalid("lastEventId", "is an id of an event, such as 12 or 12.3");
    }
    return id;
  }

  private void enter(UserId user) {
    if (all.incrementAndGet() > limits.streams()) {
      all.decrementAndGet();
      throw ApiError.rateLimited("this node has too many push streams");
    }
    if (byUser.merge(user, 1, Integer::sum) > limits.streamsPerUser()) {
      leave(user);
      throw ApiError.rateLimited("the user has too many push streams");
    }
  }

  private void leave(UserId user) {
    byUser.computeIfPresent(user, (id, count) -> count == 1 ? null : count - 1);
    all.decrementAndGet();
  }
}
