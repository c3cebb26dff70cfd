package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One INBOX that everybody writes to at once, through three agents that are processes of their own,
 * as are the store and Redis: changes per second and the slowest are printed. What was acknowledged
 * is there, once, and UIDs become visible in ascending order on every node.
 */
class HotInboxTest {
  private static final Duration TIME = Duration.ofSeconds(3);
  private static final int DELIVERERS = 3; // on each node, as of the others
  private static final int APPENDERS = 2;

  @TempDir private Path folder;

  private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>(); // UID, 0 if untold
  private final ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>(); // nanoseconds
  private final AtomicInteger flagged = new AtomicInteger();
  private volatile boolean over;

  @Test
  void threeProcessesWriteOneInbox() throws Exception {
    Program.require("redis-server");
    try (Cluster cluster = new Cluster(folder, Optional.empty(), TIME)) {
      User user = Node.newUser(cluster.http(0), "everybody");
      // everybody is connected before it begins
      List<Callable<List<Integer>>> workers = new ArrayList<>();
      List<AutoCloseable> connections = new ArrayList<>();
      List<Callable<List<Integer>>> watchers = new ArrayList<>();
      try {
        for (int node = 0; node < Cluster.NODES; node++) {
          for (int i = 0; i < DELIVERERS; i++) {
            Lmtp lmtp = kept(connections, new Lmtp(cluster.lmtp(node)));
            String name = "delivery " + node + "." + i + ".";
            workers.add(() -> deliver(lmtp, user, name));
          }
          for (int i = 0; i < APPENDERS; i++) {
            Imap imap = kept(connections, Imap.login(cluster.imap(node), user));
            String name = "append " + node + "." + i + ".";
            workers.add(() -> append(imap, name));
          }
          Imap flagger = kept(connections, Imap.login(cluster.imap(node), user));
          flagger.run("SELECT INBOX");
          String keyword = "k" + node;
          workers.add(() -> flag(flagger, keyword));
          Imap watcher = kept(connections, Imap.login(cluster.imap(node), user));
          watcher.run("SELECT INBOX");
          watchers.add(() -> watch(watcher));
        }
        long began = System.nanoTime();
        List<List<Integer>> seen = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<List<Integer>>> watching = watchers.stream().map(threads::submit).toList();
          List<Future<List<Integer>>> working = workers.stream().map(threads::submit).toList();
          try {
            for (Future<List<Integer>> one : working) {
              assertThat(one.get()).as("UIDs of one session").isSorted().doesNotHaveDuplicates();
            }
          } finally {
            over = true;
          }
          print(System.nanoTime() - began);
          for (Future<List<Integer>> one : watching) {
            seen.add(one.get());
          }
        }
        for (int node = 0; node < Cluster.NODES; node++) {
          Map<Integer, String> there = all(cluster.imap(node), user);
          complete(there);
          assertThat(seen.get(node))
              .as("UIDs as they became visible")
              .containsExactlyElementsOf(there.keySet());
        }
      } finally {
        for (AutoCloseable connection : connections) {
          connection.close();
        }
      }
      assertThat(cluster.check(Optional.empty())).as("what mail-agent check found").isEmpty();
    }
  }

  private static <T extends AutoCloseable> T kept(List<AutoCloseable> connections, T one) {
    connections.add(one);
    return one;
  }

  private static boolean goesOn(long began) {
    return System.nanoTime() - began < TIME.toNanos();
  }

  private static byte[] message(String subject) {
    return ("Subject: " + subject + "\r\n\r\nhot\r\n").getBytes(US_ASCII);
  }

  private List<Integer> deliver(Lmtp lmtp, User user, String name) throws IOException {
    long began = System.nanoTime();
    for (int i = 0; goesOn(began); i++) {
      long asked = System.nanoTime();
      if (lmtp.tryDeliver(user.address(), message(name + i)).startsWith("250")) {
        took.add(System.nanoTime() - asked);
        acknowledged.put(name + i, 0);
      }
    }
    return List.of();
  }

  private List<Integer> append(Imap imap, String name) throws IOException {
    List<Integer> uids = new ArrayList<>();
    long began = System.nanoTime();
    for (int i = 0; goesOn(began); i++) {
      long asked = System.nanoTime();
      Imap.Answer answer = imap.tryAppend("INBOX", message(name + i));
      if (answer.isOk()) {
        took.add(System.nanoTime() - asked);
        int uid = Integer.parseInt(answer.find("APPENDUID \\d+ (\\d+)"));
        uids.add(uid);
        acknowledged.put(name + i, uid);
      }
    }
    return uids;
  }

  private List<Integer> flag(Imap imap, String keyword) throws IOException {
    long began = System.nanoTime();
    for (int i = 0; goesOn(began); i++) {
      long asked = System.nanoTime();
      if (imap.ask("UID STORE 1:* " + (i % 2 == 0 ? "+" : "-") + "FLAGS.SILENT (" + keyword + ")")
          .isOk()) {
        took.add(System.nanoTime() - asked);
        flagged.incrementAndGet();
      }
    }
    return List.of();
  }

  /** Asks for what is above the highest UID: whatever comes below it later is never seen. */
  private List<Integer> watch(Imap imap) throws IOException {
    List<Integer> seen = new ArrayList<>();
    boolean last;
    do {
      last = over;
      int top = seen.isEmpty() ? 0 : seen.getLast();
      imap.run("NOOP");
      for (Fetched fetched : imap.fetch((top + 1) + ":*", "(UID)")) {
        if (fetched.uid > top) { // * is the last one, also when it is below
          seen.add((int) fetched.uid);
        }
      }
    } while (!last);
    return seen;
  }

  private void print(long nanos) {
    List<Long> sorted = took.stream().sorted().toList();
    assertThat(acknowledged).isNotEmpty();
    System.out.printf(
        "hot INBOX, %d processes, %d writers each: %.0f changes/s (%d messages, %d STOREs of all);"
            + " median %.1f ms, slowest %.0f ms%n",
        Cluster.NODES,
        DELIVERERS + APPENDERS + 1,
        sorted.size() * 1e9 / nanos,
        acknowledged.size(),
        flagged.get(),
        sorted.get(sorted.size() / 2) / 1e6,
        sorted.getLast() / 1e6);
  }

  /** Subjects by UID. */
  private static Map<Integer, String> all(int port, User user) throws IOException {
    try (Imap imap = Imap.login(port, user)) {
      imap.run("SELECT INBOX");
      Map<Integer, String> all = new TreeMap<>();
      for (Fetched fetched : imap.fetch("1:*", "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")) {
        String header = new String(fetched.section("BODY[HEADER.FIELDS (SUBJECT)]"), US_ASCII);
        all.put((int) fetched.uid, header.strip().substring("Subject: ".length()));
      }
      return all;
    }
  }

  /** What was acknowledged is there, once, under the UID that was told. */
  private void complete(Map<Integer, String> there) {
    Map<String, Integer> uids = new LinkedHashMap<>();
    there.forEach((uid, subject) ->
        assertThat(uids.put(subject, uid)).as("%s is there twice", subject).isNull());
    assertThat(uids.keySet()).as("acknowledged").containsAll(acknowledged.keySet());
    acknowledged.forEach((subject, uid) -> {
      if (uid > 0) {
        assertThat(uids.get(subject)).as("UID of %s", subject).isEqualTo(uid);
      }
    });
  }
}
