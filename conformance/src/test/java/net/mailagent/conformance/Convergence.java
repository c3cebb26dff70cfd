package net.mailagent.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes until every idler and every push stream on every node knows of a delivery that
 * was acknowledged, when nothing else goes on.
 */
final class Convergence {
  private static final int EACH = 2; // idlers, and streams, on each node
  private static final int LIMIT_MILLIS = 30_000;

  /** In milliseconds; ascending. */
  record Times(double[] millis) {
    double at(double share) {
      return millis[(int) Math.min(millis.length - 1L, (long) (share * millis.length))];
    }

    double worst() {
      return millis[millis.length - 1];
    }

    @Override
    public String toString() {
      return "p50 %.1f ms, p99 %.1f ms, worst %.1f ms (%d of %d)"
          .formatted(at(.5), at(.99), worst(), millis.length, millis.length);
    }
  }

  private Convergence() {}

  /**
   * Delivers one message after the other.
   *
   * @param gapMillis between two of them
   */
  static Times measure(Cluster cluster, User user, int deliveries, int gapMillis) throws Exception {
    List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());
    long[] acknowledged = new long[deliveries];
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch ready = new CountDownLatch(2 * EACH * Cluster.NODES);
      List<Future<long[]>> heard = new ArrayList<>();
      try {
        for (int node = 0; node < Cluster.NODES; node++) {
          int there = node;
          for (int n = 0; n < EACH; n++) {
            heard.add(threads.submit(() -> idle(cluster, there, user, deliveries, open, ready)));
            heard.add(threads.submit(() -> follow(cluster, there, user, deliveries, open, ready)));
          }
        }
        if (!ready.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
          throw new IOException("not everybody listens");
        }
        Thread.sleep(500);
        for (int n = 0; n < deliveries; n++) {
          try (Lmtp lmtp = new Lmtp(cluster.lmtp(n % Cluster.NODES))) {
            lmtp.deliver(user.address(), Letters.small(n));
            acknowledged[n] = System.nanoTime();
          }
          Thread.sleep(gapMillis);
        }
        return times(acknowledged, heard);
      } finally {
        for (AutoCloseable one : List.copyOf(open)) {
          one.close();
        }
      }
    }
  }

  private static Times times(long[] acknowledged, List<Future<long[]>> heard) throws Exception {
    double[] all = new double[acknowledged.length * heard.size()];
    int next = 0;
    for (Future<long[]> one : heard) {
      long[] times = one.get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
      for (int n = 0; n < times.length; n++) {
        // who hears of it before the relay's answer is back has waited no time
        all[next++] = Math.max(0, times[n] - acknowledged[n]) / 1e6;
      }
    }
    Arrays.sort(all);
    return new Times(all);
  }

  private static long[] idle(
      Cluster cluster,
      int node,
      User user,
      int deliveries,
      List<AutoCloseable> open,
      CountDownLatch ready)
      throws IOException {
    Imap imap = Imap.login(cluster.imap(node), user);
    open.add(imap);
    int before = Integer.parseInt(imap.run("SELECT INBOX").find("\\* (\\d+) EXISTS"));
    imap.idle();
    ready.countDown();
    long[] times = new long[deliveries];
    int known = before;
    while (known < before + deliveries) {
      byte[] response = imap.next(LIMIT_MILLIS);
      if (response == null) {
        throw new IOException("node " + node + " has told its idler nothing");
      }
      String text = new String(response, java.nio.charset.StandardCharsets.ISO_8859_1).strip();
      if (text.endsWith(" EXISTS")) {
        int count = Integer.parseInt(text.split(" ")[1]);
        for (; known < count; known++) {
          times[known - before] = System.nanoTime();
        }
      }
    }
    return times;
  }

  private static long[] follow(
      Cluster cluster,
      int node,
      User user,
      int deliveries,
      List<AutoCloseable> open,
      CountDownLatch ready)
      throws IOException {
    PushStream stream = new PushStream(cluster.http(node), user, Follower.BEGINNING);
    open.add(stream);
    while (stream.next(300) != null) {
      // what was before
    }
    ready.countDown();
    long[] times = new long[deliveries];
    for (int n = 0; n < deliveries; ) {
      StreamEvent event = stream.next(LIMIT_MILLIS);
      if (event == null) {
        throw new IOException("node " + node + " has told its stream nothing");
      }
      if (event.event().what().startsWith("\"EXISTS\"")) {
        times[n++] = System.nanoTime();
      }
    }
    return times;
  }
}
