package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a parse takes from the heap does not grow with the message. */
class FlatMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Octets allocated while head, that many blocks and a last boundary are parsed. */
  private static long allocated(String head, byte[] block, int blocks) {
    long start = THREADS.getCurrentThreadAllocatedBytes();
    MimeParser parser = new MimeParser(MimeLimits.standard(), Discard.SINK);
    parser.write(ByteBuffer.wrap(Parsing.octets(head)));
    for (int i = 0; i < blocks; i++) {
      for (int at = 0; at < block.length; at += 65_536) {
        parser.write(ByteBuffer.wrap(block, at, Math.min(65_536, block.length - at)));
      }
    }
    parser.write(ByteBuffer.wrap(Parsing.octets("\r\n--b--\r\n")));
    ParsedMessage message = parser.finish();
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - start;
    assertThat(message.size()).isGreaterThan((long) block.length * blocks);
    return allocated;
  }

  private static void assertFlat(String what, String type, byte[] block) {
    String head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + type + "\r\n\r\n";
    allocated(head, block, 1);
    long little = allocated(head, block, 16);
    long much = allocated(head, block, 256);
    System.out.printf(
        "%s: %,d octets allocated for %,d MiB, %,d for %,d MiB%n",
        what, little, (16L * block.length) >> 20, much, (256L * block.length) >> 20);
    // Slices of the buffers are all that is made per buffer: less than a fiftieth.
    assertThat(much - little).isLessThan(240L * block.length / 50);
  }

  @Test
  void attachments() {
    byte[] octets = new byte[760 << 10];
    new Random(1).nextBytes(octets);
    byte[] block = Base64.getMimeEncoder().encode(octets);
    assertFlat("attachment", "Content-Type: application/pdf", block);
    assertFlat("text past its limit", "Content-Type: text/plain", block);
    assertFlat("html past its limit", "Content-Type: text/html", block);
  }

  @Test
  void onlyLineFeeds() {
    assertFlat("line feeds", "X: y", Parsing.octets("\r\n--c\r\n-".repeat(100_000)));
  }

  @Test
  void headersWithoutEnd() {
    String field = "X-Field: =?utf-8?q?a?= value\r\n";
    byte[] block = Parsing.octets(field.repeat(35_000));
    allocated("", block, 1);
    long little = allocated("", block, 16);
    long much = allocated("", block, 64);
    assertThat(much - little).isLessThan(48L * block.length / 50);
  }
}
