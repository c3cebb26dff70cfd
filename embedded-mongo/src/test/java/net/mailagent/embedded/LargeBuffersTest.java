package net.mailagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Replies of any size are the same in whatever buffer they grow, and all buffers come back. */
class LargeBuffersTest {
  private static final int MOST = 4;

  @Test
  void repliesAreTheSameAndBuffersComeBack() {
    LargeBuffers large = new LargeBuffers();
    Random random = new Random(1);
    List<DocWriter> writers = new ArrayList<>();
    for (int i = 0; i < MOST + 2; i++) { // more than there are large buffers
      writers.add(new DocWriter(large));
    }
    for (int round = 0; round < 200; round++) {
      DocWriter reply = writers.get(random.nextInt(writers.size()));
      reply.letGo();
      int size = 1 << random.nextInt(23); // up to twice a large buffer
      byte[] expected = write(new DocWriter(), size, round);
      assertThat(write(reply, size, round)).isEqualTo(expected);
    }
    writers.forEach(DocWriter::letGo);
    for (int i = 0; i < MOST; i++) {
      assertThat(large.take()).as("number " + i).isNotNull();
    }
    assertThat(large.take()).isNull();
  }

  private static byte[] write(DocWriter to, int size, int seed) {
    byte[] piece = new byte[1 + size / 7];
    new Random(seed).nextBytes(piece);
    to.begin();
    for (int written = 0; written < size; written += piece.length) {
      to.put("x", seed);
      to.writeBytes(piece, 0, piece.length);
    }
    return to.end().toBytes();
  }
}
