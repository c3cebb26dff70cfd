package net.mailagent.store;

import java.time.Duration;
import java.util.function.Supplier;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;

/** Has the database's clock go ahead, and with it those of the nodes that ask it. Any thread. */
public final class TimeMachine implements Interceptor {
  private final Interceptor then;
  private volatile Duration ahead = Duration.ZERO;

  public TimeMachine(Interceptor then) {
    this.then = then;
  }

  /** Another node in the same time. */
  public Interceptor with(Interceptor other) {
    TimeMachine outer = this;
    return new Interceptor() {
      @Override
      public <T> T around(Call call, Supplier<T> effect) {
        return other.around(call, () -> outer.shifted(effect.get()));
      }
    };
  }

  /** Goes on by that; each node learns of it when it measures its clock. */
  public void skip(Duration more, Store... nodes) {
    ahead = ahead.plus(more);
    for (Store node : nodes) {
      node.clock().measure();
    }
  }

  @Override
  public <T> T around(Call call, Supplier<T> effect) {
    return then.around(call, () -> shifted(effect.get()));
  }

  @SuppressWarnings("unchecked") // a document in the place of another
  private <T> T shifted(T result) {
    if (result instanceof BsonDocument hello && hello.containsKey("localTime")) {
      long now = hello.getDateTime("localTime").getValue() + ahead.toMillis();
      BsonDocument later = new BsonDocument();
      hello.forEach(later::append);
      return (T) later.append("localTime", new BsonDateTime(now));
    }
    return result;
  }
}
