package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Past the limits the rest is one opaque part, the message is whole, and time stays linear. */
class MimeLimitsTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String TEXT =
      "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" ";
  private static final String OPAQUE = "(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL \"7BIT\" ";

  private static MimeLimits limits(int parts, int depth, int header) {
    return new MimeLimits(parts, depth, header, 100, 1_000, 1_000, 1_000, 1_000, 1_000);
  }

  private static ParsedMessage parse(MimeLimits limits, String message) {
    byte[] raw = Parsing.octets(Parsing.crlf(message));
    Parsing.Outcome whole = Parsing.run(limits, raw, raw.length);
    assertThat(whole.sink().all.toByteArray()).isEqualTo(raw);
    for (int buffer : new int[] {1, 3, 10}) {
      Parsing.Outcome pieces = Parsing.run(limits, raw, buffer);
      assertThat(pieces.sink().all.toByteArray()).isEqualTo(raw);
      assertThat(pieces.sink().leaves).isEqualTo(whole.sink().leaves);
      assertThat(pieces.message().root()).isEqualTo(whole.message().root());
      assertThat(pieces.message().bodyStructure()).isEqualTo(whole.message().bodyStructure());
    }
    return whole.message();
  }

  private static String body(ParsedMessage message) {
    return new String(message.body(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void pastThePartsTheRestIsOnePart() {
    String message =
        "Content-Type: multipart/mixed; boundary=b\n\n"
            + "--b\n\n"
            + "one\n"
            + "--b\n\n"
            + "two\n"
            + "--b\n\n"
            + "three\n"
            + "--b--\n";
    assertThat(body(parse(limits(4, 10, 1_000), message)))
        .isEqualTo("(" + TEXT + "3 0)" + TEXT + "3 0)" + OPAQUE + "16) \"mixed\")");
    assertThat(body(parse(limits(5, 10, 1_000), message)))
        .isEqualTo("(" + TEXT + "3 0)" + TEXT + "3 0)" + TEXT + "5 0) \"mixed\")");
    assertThat(body(parse(limits(2, 10, 1_000), message)))
        .isEqualTo("(" + OPAQUE + "40) \"mixed\")");
  }

  @Test
  void pastTheDepthAPartIsOpaque() {
    String message =
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n"
            + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
            + "--a\nContent-Type: message/rfc822\n\nSubject: s\n\ny\n--a\n\nz\n--a--\n";
    assertThat(body(parse(limits(100, 2, 1_000), message)))
        .isEqualTo("(" + OPAQUE + "15)" + OPAQUE + "15)" + TEXT + "1 0) \"mixed\")");
    assertThat(body(parse(limits(100, 1, 1_000), message))).startsWith(OPAQUE);
    assertThat(body(parse(limits(100, 3, 1_000), message)))
        .contains("(NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)");
  }

  @Test
  void pastTheHeaderBlockTheRestIsOpaque() {
    String message = "Subject: s\nX-Long: " + "x".repeat(200) + "\n\nbody\n";
    ParsedMessage parsed = parse(limits(100, 10, 100), message);
    assertThat(parsed.root().headerEnd()).isEqualTo(100);
    assertThat(parsed.root().mediaType()).isEqualTo("application/octet-stream");
    assertThat(body(parsed)).isEqualTo(OPAQUE + (parsed.size() - 100) + ")");
    assertThat(new String(parsed.envelope(), StandardCharsets.US_ASCII))
        .startsWith("(NIL \"s\" NIL");
    String dashes =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nA: b\n--" + "-".repeat(200) + "\n--b--";
    assertThat(body(parse(limits(100, 10, 50), dashes))).contains("(\"APPLICATION\"");
    assertThat(parse(limits(100, 10, 1_000), "Subject: s\n\n").root().mediaType())
        .isEqualTo("text/plain");
  }

  @Provide
  Arbitrary<String> trees() {
    return Arbitraries.longs().map(seed -> new RandomMessage(new java.util.Random(seed)).text());
  }

  @Property(tries = 300)
  void theMessageIsWholeWhateverTheLimits(
      @ForAll("trees") String message, @ForAll int parts, @ForAll int depth, @ForAll int header) {
    MimeLimits limits =
        limits(
            2 + Math.floorMod(parts, 8),
            1 + Math.floorMod(depth, 5),
            1 + Math.floorMod(header, 150));
    MimePart root = parse(limits, message).root();
    assertThat(count(root)).isLessThanOrEqualTo(limits.maxParts());
    assertThat(depth(root)).isLessThanOrEqualTo(limits.maxDepth());
    assertThat(MimeTreeCodec.decode(MimeTreeCodec.encode(root))).isEqualTo(root);
  }

  private static int count(MimePart part) {
    return 1 + part.children().stream().mapToInt(MimeLimitsTest::count).sum();
  }

  private static int depth(MimePart part) {
    return 1 + part.children().stream().mapToInt(MimeLimitsTest::depth).max().orElse(0);
  }

  // --- time ---------------------------------------------------------------------------------

  /**
   * Parses a message and one of ten times its size. Processor time of this thread, so that a busy
   * machine does not matter; below a millisecond the small one counts as one.
   */
  private static void assertLinear(String what, IntFunction<byte[]> message, int size) {
    byte[] small = message.apply(size);
    byte[] large = message.apply(size * 10);
    long one = Math.max(1_000_000, best(small));
    long ten = best(large);
    assertThat((double) ten / one)
        .as(
            "%s: %d octets in %d us, ten times as many in %d us",
            what, small.length, one / 1_000, ten / 1_000)
        .isLessThan(40); // quadratic would be 100
  }

  /** The best of several runs: the first ones are slow until their code has been compiled. */
  private static long best(byte[] raw) {
    return LongStream.generate(() -> parse(raw)).limit(6).min().orElseThrow();
  }

  private static long parse(byte[] raw) {
    long start = THREADS.getCurrentThreadCpuTime();
    MimeParser parser = new MimeParser(MimeLimits.standard(), Discard.SINK);
    for (int at = 0; at < raw.length; at += 16_384) {
      parser.write(ByteBuffer.wrap(raw, at, Math.min(16_384, raw.length - at)));
    }
    ParsedMessage message = parser.finish();
    MimePart root = MimeTreeCodec.decode(MimeTreeCodec.encode(message.root()));
    long time = THREADS.getCurrentThreadCpuTime() - start;
    assertThat(root).isEqualTo(message.root());
    return time;
  }

  @Test
  void manyPartsTakeLinearTime() {
    assertLinear(
        "parts",
        n ->
            Parsing.octets(
                "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                    + "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(n)
                    + "--b--\r\n"),
        990);
  }

  @Test
  void manyHeadersTakeLinearTime() {
    assertLinear(
        "headers",
        n -> Parsing.octets("X-Name: =?utf-8?Q?a?= <\r\nTo: a@b\r\n".repeat(n) + "\r\n"),
        10_000);
  }

  @Test
  void deepNestingTakesLinearTime() {
    IntFunction<byte[]> nested =
        n -> {
          StringBuilder out = new StringBuilder();
          for (int i = 0; i < 99; i++) {
            String boundary = "b".repeat(60) + i;
            out.append("Content-Type: multipart/mixed; boundary=").append(boundary);
            out.append("\r\n\r\n--").append(boundary).append("\r\n");
          }
          return Parsing.octets(out + "\r\n" + ("--" + "b".repeat(60) + "zz\r\n").repeat(n));
        };
    assertLinear("depth", nested, 5_000);
    assertLinear(
        "messages",
        n -> Parsing.octets("Content-Type: message/rfc822\r\n\r\n".repeat(n) + "x"),
        5_000);
  }

  @Test
  void hostileFieldsTakeLinearTime() {
    String[] pieces = {
      "=?",
      "=?a?q?",
      "=?utf-8?q?",
      "<",
      "(",
      " (",
      " (\\\"",
      "; (",
      "; \"",
      "=\"",
      "[",
      "<@",
      "\"",
      ",",
      "a,",
      "a:",
      "@",
      "a@b <",
      ";a=b",
      ";a*0=b",
      "\\",
      " \r\n ",
      "[a]",
      "re: ",
      "a ",
      "(\"",
      "<@a:",
      "\u00e9",
      "?=",
      "a@b(",
    };
    for (String name :
        new String[] {
          "Subject", "To", "Content-Type", "References", "Date", "Content-Disposition"
        }) {
      for (String piece : pieces) {
        assertLinear(
            name + " " + piece.strip(),
            n -> Parsing.octets(name + ": text/x; " + piece.repeat(n) + "\r\n\r\n"),
            10_000);
      }
    }
  }

  /** Many beginnings that have one end in common, in a message and in one that it contains. */
  @Test
  void encodedWordsOfOneEndTakeLinearTime() {
    for (String word : new String[] {"=?a?q?x", "=?utf-8?x?x", "=?utf-8?q?x", "=?a?b?x ", "=?"}) {
      for (String head : new String[] {"", "Content-Type: message/rfc822\r\n\r\n"}) {
        assertLinear(
            head + word,
            n -> Parsing.octets(head + "Subject: " + word.repeat(n) + "?=\r\n\r\n"),
            10_000);
      }
    }
  }

  @Test
  void hostileHtmlTakesLinearTime() {
    for (String piece :
        new String[] {"<b>", "<", "<p", "&", "<script>", "<!--", "<table><td>", "<a x="}) {
      assertLinear(
          "html " + piece,
          n -> Parsing.octets("Content-Type: text/html\r\n\r\n" + piece.repeat(n)),
          30_000);
    }
  }

  @Test
  void wordsThatAreAllDifferentTakeLinearTime() {
    assertLinear(
        "words",
        n -> {
          StringBuilder out = new StringBuilder("\r\n");
          for (int i = 0; i < n; i++) {
            out.append(Integer.toString(i * 7919, 36)).append(i % 12 == 0 ? "\r\n" : " ");
          }
          return Parsing.octets(out.toString());
        },
        20_000);
  }

  @Test
  void dashesTakeLinearTime() {
    String head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
    assertLinear("dashes", n -> Parsing.octets(head + "-".repeat(n)), 100_000);
    assertLinear("dash lines", n -> Parsing.octets(head + "--\n".repeat(n)), 30_000);
    assertLinear("line feeds", n -> Parsing.octets(head + "\n".repeat(n)), 100_000);
  }
}
