package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Random;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.junit.jupiter.api.Test;

/**
 * Prints how fast messages are parsed beside mime4j's bare token stream on the same octets, with
 * and without reading their text, in MB per second of processor time and octets allocated per octet
 * of message. mime4j copies what is no multipart without looking at it. Nothing is demanded of the
 * figures here, a busy machine would fail it; both must read the whole.
 */
class SpeedTest {
  /** Nanoseconds of processor time for each kind: the compiler needs some of it. */
  private static final long SPENT = Long.getLong("speed.millis", 100) * 1_000_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final MimeLimits WITHOUT_TEXT = withoutText(MimeLimits.standard());

  @Test
  void printTheSpeed() throws Exception {
    Random random = new Random(1);
    byte[] octets = new byte[6 << 20];
    random.nextBytes(octets);
    String attachment =
        "From: a@b\r\n"
            + "Content-Type: multipart/mixed; boundary=\"=_b123\"\r\n\r\n"
            + "--=_b123\r\n\r\n"
            + "hello\r\n"
            + "--=_b123\r\n"
            + "Content-Type: application/pdf\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getMimeEncoder().encodeToString(octets)
            + "\r\n--=_b123--\r\n";
    print("attachment", Parsing.octets(attachment));
    StringBuilder codes = new StringBuilder();
    for (int i = 0; i < 400_000; i++) {
      codes.append(Integer.toString(random.nextInt(20_000), 36)).append(i % 12 == 0 ? "\r\n" : " ");
    }
    print("text of codes", message("text/plain", "7bit", codes.toString()));
    String english = prose(random, "etaoinshrdlucmfwypvbgk");
    print("prose, alone", message("text/plain", "7bit", english));
    print(
        "prose, in a multipart", multipart(message("text/plain; charset=utf-8", "8bit", english)));
    String german = utf8(prose(random, "enisratdhulcgm\u00f6b\u00fc\u00e4\u00df"));
    print("prose with umlauts", message("text/plain; charset=utf-8", "8bit", german));
    String russian = utf8(prose(random, "\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432"));
    print("Cyrillic prose", message("text/plain; charset=utf-8", "8bit", russian));
    String base64 = Base64.getMimeEncoder().encodeToString(Parsing.octets(english));
    print("prose in base64", message("text/plain; charset=utf-8", "base64", base64));
    String quoted = english.replace("a ", "=C3=A4 ").replace("\r\n", "=\r\n");
    print(
        "prose, quoted-printable",
        message("text/plain; charset=utf-8", "quoted-printable", quoted));
    String html = "<p>" + english.replace("\r\n", "</p>\r\n<p class=\"x\">") + "</p>";
    print("html", message("text/html; charset=utf-8", "7bit", html));
    print("a small message", message("text/plain", "7bit", english.substring(0, 3_000)));
    StringBuilder parts = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      parts.append("\r\n--=_b123\r\nContent-Type: text/plain; name=").append(i).append(".txt");
      parts.append("\r\n\r\n").append(english, i * 900, i * 900 + 900);
    }
    print("1,000 parts", multipart(Parsing.octets(parts.substring(13))));
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] piece = new byte[64 << 10];
    Cost hash = new Cost();
    for (int i = 0; i < 2_000; i++) {
      hash.measure(() -> {
        sha256.update(piece);
        return piece.length;
      });
    }
    System.out.println(
        "SHA-256, which bodies of some size go through when stored" + hash.of(piece));
  }

  private static byte[] message(String type, String encoding, String text) {
    return Parsing.octets(
        "From: a@b\r\nSubject: text\r\nContent-Type: "
            + type
            + "\r\nContent-Transfer-Encoding: "
            + encoding
            + "\r\n\r\n"
            + text);
  }

  private static byte[] multipart(byte[] part) {
    return Parsing.octets(
        "Content-Type: multipart/mixed; boundary=\"=_b123\"\r\n\r\n--=_b123\r\n"
            + new String(part, StandardCharsets.ISO_8859_1)
            + "\r\n--=_b123--\r\n");
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * Less than the bound of text: words as languages have them: few that are frequent, many rare.
   */
  private static String prose(Random random, String letters) {
    String[] words = new String[20_000];
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = 2 + (int) (2 * Math.log(1 + i) / 3 + random.nextInt(4)); n > 0; n--) {
        int a = random.nextInt(letters.length());
        word.append(letters.charAt(random.nextInt(a + 1)));
      }
      words[i] = word.toString();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 1; text.length() < 900_000; i++) {
      String word = words[(int) Math.pow(words.length, random.nextDouble()) - 1];
      boolean first = i % 13 == 1;
      text.append(first ? word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1) : word);
      text.append(i % 13 == 0 ? ".\r\n" : i % 7 == 0 ? ", " : " ");
    }
    return text.toString();
  }

  /** Something that reads a message; returns how many octets it read. */
  private interface Reading {
    long octets() throws IOException, MimeException;
  }

  /** Processor time of the best run, and the octets that one allocates. */
  private static final class Cost {
    private long nanos = Long.MAX_VALUE;
    private long allocated;

    private long measure(Reading reading) throws IOException, MimeException {
      long octets = THREADS.getCurrentThreadAllocatedBytes();
      long start = time();
      long read = reading.octets();
      nanos = Math.max(1, Math.min(nanos, time() - start));
      allocated = THREADS.getCurrentThreadAllocatedBytes() - octets;
      return read;
    }

    String of(byte[] raw) {
      return String.format(
          "%,7d MB/s %5.2f", raw.length * 1_000L / nanos, (double) allocated / raw.length);
    }
  }

  private static void print(String what, byte[] raw) throws IOException, MimeException {
    Cost ours = new Cost();
    Cost textless = new Cost();
    Cost theirs = new Cost();
    long end = time() + 3 * SPENT;
    for (int i = 0; i < 8 || time() < end; i++) {
      long size = ours.measure(() -> parse(raw, MimeLimits.standard()));
      assertThat(textless.measure(() -> parse(raw, WITHOUT_TEXT))).isEqualTo(size);
      long bodies = theirs.measure(() -> tokens(raw));
      assertThat(bodies).isLessThan(size).isGreaterThan(size / 10);
    }
    System.out.printf(
        "%-24s %s   without text %s   mime4j %s%n",
        what, ours.of(raw), textless.of(raw), theirs.of(raw));
  }

  private static long parse(byte[] raw, MimeLimits limits) {
    MimeParser parser = new MimeParser(limits, Discard.SINK);
    for (int at = 0; at < raw.length; at += 16_384) {
      parser.write(ByteBuffer.wrap(raw, at, Math.min(16_384, raw.length - at)));
    }
    return parser.finish().size();
  }

  /** Reads nothing of the texts. */
  private static MimeLimits withoutText(MimeLimits limits) {
    return new MimeLimits(
        limits.maxParts(),
        limits.maxDepth(),
        limits.maxHeaderBlock(),
        limits.maxBoundary(),
        limits.maxField(),
        limits.maxStructure(),
        limits.maxHeaders(),
        0,
        limits.maxSearchText());
  }

  private static long tokens(byte[] raw) throws IOException, MimeException {
    MimeTokenStream stream = new MimeTokenStream(MimeConfig.PERMISSIVE);
    stream.parse(new ByteArrayInputStream(raw));
    byte[] buffer = new byte[16_384];
    long bodies = 0;
    for (EntityState state = stream.getState();
        state != EntityState.T_END_OF_STREAM;
        state = stream.next()) {
      if (state == EntityState.T_BODY) {
        InputStream body = stream.getInputStream();
        for (int n = body.read(buffer); n > 0; n = body.read(buffer)) {
          bodies += n;
        }
      }
    }
    return bodies;
  }

  private static long time() {
    return THREADS.getCurrentThreadCpuTime();
  }
}
