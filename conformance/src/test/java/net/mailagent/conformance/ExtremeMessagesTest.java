package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that outgrow a document or a sane mail program: nothing of them is refused or lost, and
 * they cost little more time than a plain message of their size. What lies past a limit of the MIME
 * tree is one opaque part.
 */
class ExtremeMessagesTest {
  /** How many times the work of a plain one of its size, over and above a fixed amount. */
  private static final int FACTOR = 12;

  private static final long PAUSE_MILLIS = 3_000;

  /** Whatever else the machine does at the moment, the processor time is ours. */
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @TempDir static Path folder;
  private static Node node;
  private static User user;
  private static Imap imap;
  private static Lmtp lmtp;

  /**
   * A message.
   *
   * @param shows what BODYSTRUCTURE has
   * @param part one of the last parts that can be asked for
   */
  private record Extreme(String name, String message, String shows, String part) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void open() throws Exception {
    node = Node.start(folder);
    user = node.newUser();
    imap = Imap.login(node.imap(), user);
    imap.run("SELECT INBOX");
    lmtp = new Lmtp(node.lmtp());
    through(plain(2 << 20)); // all code has run once
  }

  @AfterAll
  static void close() throws IOException {
    lmtp.close();
    imap.close();
    node.close();
  }

  static Stream<Extreme> messages() {
    String opaque = "\"APPLICATION\" \"OCTET-STREAM\"";
    return Stream.of(
        new Extreme("100,000 header fields", headers(100_000, 20), "\"TEXT\" \"PLAIN\"", "1"),
        new Extreme("a header of 10 MiB less", headers(10_000, 1_020), "\"TEXT\" \"PLAIN\"", "1"),
        new Extreme("a header of 12 MiB", headers(12_000, 1_040), opaque, "1"),
        new Extreme("one field of 6 MiB", headers(1, 6 << 20), "\"TEXT\" \"PLAIN\"", "1"),
        new Extreme("9,990 parts", parts(9_990), "\"9989.txt\"", "9990"),
        new Extreme("14,000 parts", parts(14_000), opaque, "9000"),
        new Extreme("depth 90", deep(90), "\"TEXT\" \"PLAIN\"", "1.1.1.1"),
        // the innermost part can be asked for; past the limit it is in what is opaque
        new Extreme("depth 99", deep(99), "\"TEXT\" \"PLAIN\"", innermost(99)),
        new Extreme("depth 100", deep(100), "\"TEXT\" \"PLAIN\"", innermost(100)),
        new Extreme("depth 101", deep(101), opaque, innermost(100)),
        new Extreme("depth 150", deep(150), opaque, "1.1.1.1"),
        new Extreme("messages in messages", enclosed(150), opaque, "1.1.1.1"));
  }

  private static String plain(int octets) {
    return "Subject: plain\r\n\r\n" + "A line of a plain message.\r\n".repeat(octets / 28 + 1);
  }

  private static String headers(int count, int length) {
    StringBuilder text = new StringBuilder("Subject: headers\r\n");
    String folded =
        length > 900 ? ("v".repeat(70) + "\r\n ").repeat(length / 73) : "v".repeat(length);
    for (int i = 0; i < count; i++) {
      text.append("X-Field-").append(i).append(": ").append(folded).append("v\r\n");
    }
    return text.append("\r\nThe body.\r\n").toString();
  }

  private static String parts(int count) {
    StringBuilder text =
        new StringBuilder("Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < count; i++) {
      text.append("--b\r\nContent-Type: text/plain; name=\"")
          .append(i)
          .append(".txt\"\r\n\r\npart ")
          .append(i)
          .append("\r\n");
    }
    return text.append("--b--\r\n").toString();
  }

  /** The number of the part at that depth. */
  private static String innermost(int depth) {
    return String.join(".", Collections.nCopies(depth - 1, "1"));
  }

  /** As many levels: multiparts, and a text in the innermost. */
  private static String deep(int depth) {
    int multiparts = depth - 1;
    StringBuilder text = new StringBuilder("Subject: deep\r\n");
    for (int i = 0; i < multiparts; i++) {
      text.append("Content-Type: multipart/mixed; boundary=b")
          .append(i)
          .append("e\r\n\r\n--b")
          .append(i)
          .append("e\r\n");
    }
    text.append("Content-Type: text/plain\r\n\r\nthe innermost\r\n");
    for (int i = multiparts - 1; i >= 0; i--) {
      text.append("--b").append(i).append("e--\r\n");
    }
    return text.toString();
  }

  private static String enclosed(int depth) {
    return "Subject: enclosed\r\n"
        + "Content-Type: message/rfc822\r\n\r\n".repeat(depth)
        + "Subject: the innermost\r\n\r\nbody\r\n";
  }

  @ParameterizedTest
  @MethodSource("messages")
  void goesThroughWhole(Extreme extreme) throws IOException {
    int size = extreme.message().length();
    long plain = through(plain(size));
    // the second time all code is compiled
    long time = Math.min(through(extreme.message()), through(extreme.message()));
    System.out.printf(
        "%s, %d KiB: %d ms of processor time, a plain message of that size %d ms%n",
        extreme, size >> 10, time, plain);
    assertThat(time).as("milliseconds").isLessThan(FACTOR * plain + PAUSE_MILLIS);

    long last = last();
    String structure = String.join("", imap.run("UID FETCH " + last + " (BODYSTRUCTURE)").lines());
    assertThat(structure).containsIgnoringCase(extreme.shows());
    byte[] part =
        imap.fetch(Long.toString(last), "(BODY.PEEK[" + extreme.part() + "])")
            .getFirst()
            .section("BODY[" + extreme.part() + "]");
    assertThat(extreme.message()).contains(new String(part, ISO_8859_1));
    assertThat(part).isNotEmpty();
  }

  /** By LMTP and by APPEND and out again; returns the milliseconds of processor time. */
  private static long through(String message) throws IOException {
    byte[] octets = message.getBytes(ISO_8859_1);
    long began = SYSTEM.getProcessCpuTime();
    lmtp.deliver(user.address(), octets);
    byte[] delivered = whole(last());
    assertThat(
            Arrays.equals(
                octets,
                0,
                octets.length,
                delivered,
                delivered.length - octets.length,
                delivered.length))
        .as("what LMTP took comes back behind its trace header")
        .isTrue();
    byte[] appended = whole(imap.append("INBOX", octets));
    assertThat(Arrays.equals(octets, appended)).as("what APPEND took comes back").isTrue();
    return (SYSTEM.getProcessCpuTime() - began) / 1_000_000;
  }

  private static long last() throws IOException {
    return Long.parseLong(imap.run("UID SEARCH UID *").find("\\* SEARCH (\\d+)"));
  }

  private static byte[] whole(long uid) throws IOException {
    List<Fetched> fetched = imap.fetch(Long.toString(uid), "(BODY.PEEK[])");
    return fetched.getFirst().section("BODY[]");
  }
}
