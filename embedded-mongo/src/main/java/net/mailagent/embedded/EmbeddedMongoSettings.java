package net.mailagent.embedded;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the embedded engine can be told. {@link #in} gives the defaults; the {@code with} methods
 * change one thing each.
 *
 * @param directory where the data lies; made if it is not there, used by one process at a time
 * @param host the address to listen at; default 127.0.0.1. There is no authentication: never other
 *     than a loopback address outside of a closed network
 * @param port 0 (the default) takes a free one
 * @param cacheBytes pages kept in memory; default 64 MiB, in whole MiB
 * @param groupCommitWindow how long a write waits for others to share its fsync; default zero:
 *     those that come while one fsync runs share the next
 * @param checkpointBytes of log after which the trees are written out, 64 KiB to 256 MiB; default
 *     16 MiB. The log takes about twice as much on disk, and a start after a crash replays about as
 *     much; where no checkpoint succeeds, writes are refused from 32 times as much on (never below
 *     16 MiB nor above 1 GiB)
 * @param cursorIdleTime after which an unused cursor is forgotten; default 10 minutes, as MongoDB
 * @param maxSortBytes documents sorted in memory for one query; default 100 MiB, as MongoDB
 * @param maxMessageBytes the largest message accepted; default 48,000,000, as MongoDB
 * @param maxConnections more than this are closed at once; default 1,000
 */
public record EmbeddedMongoSettings(
    Path directory,
    String host,
    int port,
    long cacheBytes,
    Duration groupCommitWindow,
    long checkpointBytes,
    Duration cursorIdleTime,
    long maxSortBytes,
    int maxMessageBytes,
    int maxConnections) {

  public EmbeddedMongoSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("no port: " + port);
    }
    if (cacheBytes < 1 << 20
        || checkpointBytes < 1 << 16
        || checkpointBytes > 256 << 20
        || maxSortBytes < 0) {
      throw new IllegalArgumentException(
          "the cache needs at least 1 MiB, a checkpoint 64 KiB to 256 MiB of log");
    }
    if (groupCommitWindow.isNegative() || cursorIdleTime.isNegative() || maxConnections < 1) {
      throw new IllegalArgumentException("times and numbers must be positive");
    }
  }

  public static EmbeddedMongoSettings in(Path directory) {
    return new EmbeddedMongoSettings(
        directory,
        "127.0.0.1",
        0,
        64L << 20,
        Duration.ZERO,
        16L << 20,
        Duration.ofMinutes(10),
        100L << 20,
        48_000_000,
        1_000);
  }

  public EmbeddedMongoSettings withHost(String newHost) {
    return new EmbeddedMongoSettings(
        directory,
        newHost,
        port,
        cacheBytes,
        groupCommitWindow,
        checkpointBytes,
        cursorIdleTime,
        maxSortBytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withPort(int newPort) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        newPort,
        cacheBytes,
        groupCommitWindow,
        checkpointBytes,
        cursorIdleTime,
        maxSortBytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withCacheBytes(long bytes) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        port,
        bytes,
        groupCommitWindow,
        checkpointBytes,
        cursorIdleTime,
        maxSortBytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withGroupCommitWindow(Duration window) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        port,
        cacheBytes,
        window,
        checkpointBytes,
        cursorIdleTime,
        maxSortBytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withCheckpointBytes(long bytes) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        port,
        cacheBytes,
        groupCommitWindow,
        bytes,
        cursorIdleTime,
        maxSortBytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withCursorIdleTime(Duration time) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        port,
        cacheBytes,
        groupCommitWindow,
        checkpointBytes,
        time,
        maxSortBytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withMaxSortBytes(long bytes) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        port,
        cacheBytes,
        groupCommitWindow,
        checkpointBytes,
        cursorIdleTime,
        bytes,
        maxMessageBytes,
        maxConnections);
  }

  public EmbeddedMongoSettings withMaxConnections(int connections) {
    return new EmbeddedMongoSettings(
        directory,
        host,
        port,
        cacheBytes,
        groupCommitWindow,
        checkpointBytes,
        cursorIdleTime,
        maxSortBytes,
        maxMessageBytes,
        connections);
  }
}
