package net.mailagent.store.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.mailagent.model.UserId;

/**
 * A connection to Redis while it lasts: one socket for publishing, one for subscriptions. It is
 * never repaired; {@link Wakes} opens another one.
 */
final class RedisLink implements AutoCloseable {
  /** What comes in; called on the client's event loop, must return at once. */
  interface Listener {
    void woken(UserId user, String message);

    /** A node tells all others something that is about no user. */
    void told(String message);

    /** From now on wake-ups for that user arrive. */
    void subscribed(UserId user);
  }

  private final RedisSettings settings;
  private final String forAll;
  private final StatefulRedisConnection<String, String> publishing;
  private final StatefulRedisPubSubConnection<String, String> listening;

  /**
   * @throws io.lettuce.core.RedisException when Redis cannot be reached
   */
  RedisLink(RedisClient client, RedisSettings settings, Listener listener) {
    this.settings = settings;
    this.forAll = settings.channelPrefix() + "all";
    this.publishing = client.connect();
    try {
      this.listening = client.connectPubSub();
    } catch (RuntimeException e) {
      var _ = publishing.closeAsync();
      throw e;
    }
    listening.addListener(
        new RedisPubSubAdapter<String, String>() {
          @Override
          public void message(String channel, String message) {
            if (channel.equals(forAll)) {
              listener.told(message);
            } else {
              listener.woken(user(channel), message);
            }
          }

          @Override
          public void subscribed(String channel, long count) {
            if (!channel.equals(forAll)) {
              listener.subscribed(user(channel));
            }
          }
        });
  }

  private UserId user(String channel) {
    return new UserId(channel.substring(settings.channelPrefix().length()));
  }

  private String[] channels(Collection<UserId> users) {
    return users.stream().map(user -> settings.channelPrefix() + user.hex()).toArray(String[]::new);
  }

  boolean isOpen() {
    return publishing.isOpen() && listening.isOpen();
  }

  /** Sends without waiting; fails at once when too much is waiting. */
  void publish(UserId user, String message) {
    var _ = publishing.async().publish(settings.channelPrefix() + user.hex(), message);
  }

  /** Sends to all nodes without waiting; fails at once when too much is waiting. */
  void tell(String message) {
    var _ = publishing.async().publish(forAll, message);
  }

  /** From now on what other nodes tell arrives. */
  void listenToAll() {
    await(listening.async().subscribe(forAll));
  }

  void subscribe(Collection<UserId> users) {
    await(listening.async().subscribe(channels(users)));
  }

  void unsubscribe(Collection<UserId> users) {
    await(listening.async().unsubscribe(channels(users)));
  }

  /**
   * Shows that both sockets still answer.
   *
   * @throws IllegalStateException when they do not
   */
  void ping() {
    await(publishing.async().ping());
    await(listening.async().ping());
  }

  private void await(java.util.concurrent.Future<?> answer) {
    try {
      Object ignored = answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Redis does not answer", e);
    }
  }

  @Override
  public void close() {
    var _ = publishing.closeAsync();
    var unusedToo = listening.closeAsync();
  }
}
