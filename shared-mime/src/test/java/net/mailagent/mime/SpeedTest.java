package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Base64;
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
    StringBuilder text = new StringBuilder("From: a@b\r\nSubject: text\r\n\r\n");
    for (int i = 0; i < 400_000; i++) {
      text.append(Integer.toString(random.nextInt(20_000), 36)).append(i % 12 == 0 ? "\r\n" : " ");
    }
    print("attachment", Parsing.octets(attachment));
    print("text with its words", Parsing.octets(text.toString()));
  }

  private static void print(String what, byte[] raw) throws IOException, MimeException {
    long ours = Long.MAX_VALUE;
    long theirs = Long.MAX_VALUE;
    for (int i = 0; i < 6; i++) {
      long start = time();
      MimeParser parser = new MimeParser(MimeLimits.standard(), Discard.SINK);
      for (int at = 0; at < raw.length; at += 16_384) {
        parser.write(ByteBuffer.wrap(raw, at, Math.min(16_384, raw.length - at)));
      }
      long size = parser.finish().size();
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
