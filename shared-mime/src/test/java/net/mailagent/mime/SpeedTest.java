package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Random;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.junit.jupiter.api.Test;

/**
 * Prints how fast messages are parsed beside mime4j's bare token stream on the same octets. Nothing
 * is demanded of the figures here, a busy machine would fail it; both must read the whole.
 */
class SpeedTest {
  /** Nanoseconds of processor time for each kind: the compiler needs some of it. */
  private static final long SPENT = Long.getLong("speed.millis", 300) * 1_000_000;

  @Test
  void printTheSpeed() throws IOException, MimeException {
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

  /** Two million characters of words as languages have them: few that are frequent, many rare. */
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
    for (int i = 1; text.length() < 2_000_000; i++) {
      String word = words[(int) Math.pow(words.length, random.nextDouble()) - 1];
      boolean first = i % 13 == 1;
      text.append(first ? word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1) : word);
      text.append(i % 13 == 0 ? ".\r\n" : i % 7 == 0 ? ", " : " ");
    }
    return text.toString();
  }

  private static void print(String what, byte[] raw) throws IOException, MimeException {
    long ours = Long.MAX_VALUE;
    long theirs = Long.MAX_VALUE;
    long spent = 0;
    for (int i = 0; i < 8 || spent < SPENT; i++) {
      long start = time();
      MimeParser parser = new MimeParser(MimeLimits.standard(), Discard.SINK);
      for (int at = 0; at < raw.length; at += 16_384) {
        parser.write(ByteBuffer.wrap(raw, at, Math.min(16_384, raw.length - at)));
      }
      long size = parser.finish().size();
      spent += time() - start;
      ours = Math.min(ours, time() - start);
      start = time();
      long bodies = tokens(raw);
      theirs = Math.min(theirs, time() - start);
      assertThat(bodies).isLessThan(size).isGreaterThan(size * 9 / 10);
    }
    System.out.printf(
        "%s: %,d MB/s per core, mime4j's token stream %,d MB/s%n",
        what, raw.length * 1_000L / Math.max(1, ours), raw.length * 1_000L / Math.max(1, theirs));
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
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
