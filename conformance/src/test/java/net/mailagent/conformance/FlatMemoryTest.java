package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.mailagent.agent.Agent;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Role;
import net.mailagent.api.ApiSettings;
import net.mailagent.imap.ImapSettings;
import net.mailagent.lmtp.LmtpSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory of a node does not grow with a message, nor much with readers that are slow. The short
 * form runs in every build; {@code mvn -Pbig} runs it with 1 GiB and with 500 readers of 50 MiB.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlatMemoryTest {
  private static final boolean BIG = Boolean.getBoolean("test.big");
  private static final long MEBIBYTE = 1 << 20;
  private static final long LARGE = (BIG ? 1_024 : 64) * MEBIBYTE;
  private static final int HEAP = BIG ? 128 : 64;
  private static final int READERS = BIG ? 500 : 40;
  private static final long READ = (BIG ? 50 : 8) * MEBIBYTE;
  private static final int READ_AHEAD = 4;
  private static final Duration PACE = Duration.ofSeconds(BIG ? 20 : 3);
  private static final int READERS_HEAP = BIG ? 256 : 96;

  @TempDir static Path folder;
  private Agent store;

  @BeforeAll
  void open() {
    store =
        Agent.start(
            Agent.onFreePorts(folder.resolve("store"))
                .with(AgentSettings.ROLES, Set.of(Role.STORE)));
  }

  @AfterAll
  void close() {
    store.close();
  }

  /** An agent with that heap, all of it taken at once, so that what grows is something else. */
  private static AgentProcess agent(String name, int heap, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of(
            LmtpSettings.MAX_MESSAGE_SIZE.option(),
            "4GiB",
            ImapSettings.APPEND_LIMIT.option(),
            "4GiB",
            ApiSettings.MAX_MESSAGE_SIZE.option(),
            "4GiB"));
    return new AgentProcess(
        folder.resolve(name),
        List.of("-Xmx" + heap + "m", "-Xms" + heap + "m", "-XX:+AlwaysPreTouch"),
        all.toArray(String[]::new));
  }

  private AgentProcess node(String name, int heap, String... options) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                AgentSettings.ROLES.option(),
                "imap,lmtp,api",
                AgentSettings.MONGO.option(),
                store.storeUrl()));
    all.addAll(List.of(options));
    return agent(name, heap, all.toArray(String[]::new));
  }

  @Test
  void aLargeMessageGoesInAndOutInFlatMemory() throws Exception {
    try (AgentProcess agent = node("flat", HEAP)) {
      try (ProcessMemory memory = new ProcessMemory(agent.pid())) {
        User user = Node.newUser(agent.http, "flat");
        roundTrip(agent, user, 2 * MEBIBYTE); // all code has run once
        memory.peak();
        roundTrip(agent, user, 4 * MEBIBYTE);
        ProcessMemory.Peak small = memory.peak();
        roundTrip(agent, user, LARGE);
        ProcessMemory.Peak large = memory.peak();
        System.out.printf("-Xmx%dm, store elsewhere, 4 MiB: %s%n", HEAP, small);
        System.out.printf("-Xmx%dm, store elsewhere, %d MiB: %s%n", HEAP, LARGE >> 20, large);
        assertThat(large.live() - small.live()).as("live heap grows by").isLessThan(LARGE / 8);
        assertThat(large.live()).as("live heap").isLessThan(HEAP * MEBIBYTE * 3 / 4);
        assertThat(large.resident() - small.resident())
            .as("RSS grows by")
            .isLessThan(48 * MEBIBYTE);
      }
    }
  }

  @Test
  void theWholeProgramInOneProcess() throws Exception {
    int heap = HEAP + 128;
    try (AgentProcess agent =
        agent("all-in-one", heap, AgentSettings.STORE_CACHE.option(), "16MiB")) {
      try (ProcessMemory memory = new ProcessMemory(agent.pid())) {
        User user = Node.newUser(agent.http, "one");
        long size = LARGE / 4;
        roundTrip(agent, user, size);
        ProcessMemory.Peak large = memory.peak();
        System.out.printf("-Xmx%dm, all in one, %d MiB: %s%n", heap, size >> 20, large);
        assertThat(large.live()).as("live heap").isLessThan(144 * MEBIBYTE);
      }
    }
  }

  /** By LMTP, by APPEND and by HTTP, out as a whole and in parts. */
  private static void roundTrip(AgentProcess agent, User user, long size) throws Exception {
    LargeMessage delivered = new LargeMessage(LargeMessage.Kind.BASE64, "by LMTP", size);
    LargeMessage appended = new LargeMessage(LargeMessage.Kind.TEXT, "by APPEND", size);
    LargeMessage uploaded = new LargeMessage(LargeMessage.Kind.BASE64, "by HTTP", size + 1);
    long began = System.nanoTime();
    MailStream.deliver(agent.lmtp, user, delivered);
    say("LMTP DATA", began, delivered.length());
    try (MailStream imap = MailStream.inbox(agent.imap, user)) {
      began = System.nanoTime();
      imap.append(appended);
      say("APPEND", began, appended.length());
      imap.run("NOOP");
      int last = imap.exists();
      HttpStream http = new HttpStream(agent.http, user);
      began = System.nanoTime();
      int uid = http.upload(uploaded);
      say("HTTP upload", began, uploaded.length());
      verify(agent, http, uid, uploaded);
      verify(agent, imap, last - 1, delivered);
      verify(agent, imap, last, appended);
      imap.run("STORE 1:* +FLAGS.SILENT (\\Deleted)");
      imap.run("EXPUNGE");
    }
  }

  private static void verify(AgentProcess agent, MailStream imap, int number, LargeMessage sent)
      throws Exception {
    long began = System.nanoTime();
    long all = imap.open(number, "BODY.PEEK[]");
    long trace = all - sent.length();
    assertThat(trace).isBetween(0L, 2_000L);
    imap.skip(trace);
    assertThat(imap.digest()).isEqualTo(sent.sha256(0, sent.length()));
    say("BODY[]", began, all);
    assertThat(imap.open(number, "BODY.PEEK[2]")).isEqualTo(sent.partLength());
    assertThat(imap.digest()).isEqualTo(sent.sha256(sent.partStart(), sent.partLength()));

    long before = chunksRead(agent);
    assertThat(imap.fetch(number, "BODY.PEEK[2]<0.4096>"))
        .isEqualTo(sent.octets(sent.partStart(), 4_096));
    assertThat(chunksRead(agent) - before).as("chunks read").isBetween(1L, 2L);

    Random random = new Random(1);
    before = chunksRead(agent);
    for (int i = 0; i < 20; i++) {
      long from = random.nextLong(sent.partLength() - 4_096);
      assertThat(imap.fetch(number, "BODY.PEEK[2]<" + from + ".4096>"))
          .isEqualTo(sent.octets(sent.partStart() + from, 4_096));
    }
    assertThat(chunksRead(agent) - before).as("chunks read").isBetween(20L, 40L);
  }

  private static void verify(AgentProcess agent, HttpStream http, int uid, LargeMessage sent)
      throws Exception {
    long began = System.nanoTime();
    assertThat(http.digest(uid)).isEqualTo(sent.sha256(0, sent.length()));
    say("HTTP download", began, sent.length());
    Random random = new Random(2);
    for (int i = 0; i < 10; i++) {
      long before = chunksRead(agent);
      long from = random.nextLong(sent.length() - 4_096);
      assertThat(http.range(uid, from, 4_096)).isEqualTo(sent.octets(from, 4_096));
      int line = random.nextInt((int) (sent.partLength() / LargeMessage.LINE) - 70);
      assertThat(http.attachment(uid, line * (long) LargeMessage.LINE_OCTETS, 4_000))
          .isEqualTo(sent.decoded(line, 4_000));
      assertThat(chunksRead(agent) - before).as("chunks read").isBetween(2L, 4L);
    }
  }

  private static void say(String what, long began, long octets) {
    System.out.printf(
        "  %s of %d MiB: %.0f MB/s%n",
        what, octets >> 20, octets * 1e3 / (System.nanoTime() - began));
  }

  private static long chunksRead(AgentProcess agent) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String metrics =
          client
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.http + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      Matcher value = Pattern.compile("(?m)^content_chunks_read_total (\\S+)").matcher(metrics);
      assertThat(value.find()).isTrue();
      return (long) Double.parseDouble(value.group(1));
    }
  }

  @Test
  void slowReadersCostLittleEach() throws Exception {
    LargeMessage message = new LargeMessage(LargeMessage.Kind.BASE64, "for many", READ);
    byte[] expected = message.sha256(0, message.length());
    try (AgentProcess agent =
        node("readers", READERS_HEAP, "--content-read-ahead-budget", READ_AHEAD + "MiB")) {
      User user = Node.newUser(agent.http, "slow");
      MailStream.deliver(agent.lmtp, user, message);
      try (ProcessMemory memory = new ProcessMemory(agent.pid())) {
        assertThat(read(agent, user, message, new CountDownLatch(1), true)).isEqualTo(expected);
        ProcessMemory.Peak alone = memory.peak();
        CountDownLatch reading = new CountDownLatch(READERS);
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<byte[]>> readers = new ArrayList<>();
          for (int i = 0; i < READERS; i++) {
            boolean whole = i % 20 == 0;
            readers.add(threads.submit(() -> read(agent, user, message, reading, whole)));
          }
          for (int i = 0; i < READERS; i++) {
            byte[] digest = readers.get(i).get();
            if (i % 20 == 0) {
              assertThat(digest).isEqualTo(expected);
            }
          }
        }
        ProcessMemory.Peak together = memory.peak();
        long each = (together.live() - alone.live() - READ_AHEAD * MEBIBYTE) / READERS;
        System.out.printf(
            "-Xmx%dm, %d slow readers of %d MiB, %d s: %s; one alone: %s; %d KiB live each%n",
            READERS_HEAP,
            READERS,
            READ >> 20,
            (System.nanoTime() - began) / 1_000_000_000,
            together,
            alone,
            each >> 10);
        assertThat(each).as("live heap of a reader").isLessThan(400 << 10);
      }
    }
  }

  /**
   * Reads a message slowly while others do, then the rest of it at once.
   *
   * @return the digest of all of it, or nothing
   */
  private static byte[] read(
      AgentProcess agent, User user, LargeMessage message, CountDownLatch reading, boolean whole)
      throws Exception {
    try (MailStream imap = MailStream.inbox(agent.imap, user, 16 << 10)) {
      imap.skip(imap.open(1, "BODY.PEEK[]") - message.length());
      byte[] piece = new byte[8 << 10];
      imap.read(piece);
      reading.countDown();
      reading.await();
      long until = System.nanoTime() + PACE.toNanos();
      while (System.nanoTime() < until && imap.read(piece) > 0) {
        Thread.sleep(20);
      }
      return whole ? imap.digest() : new byte[0];
    }
  }
}
