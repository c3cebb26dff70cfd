package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.model.ByteSource;
import net.mailagent.model.StoreUnavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a base64 body looks like: what is taken of it is made again octet by octet. */
class Base64RunTest {
  private static final BlobId BLOB = BlobId.of(new byte[BlobId.BYTES]);

  /** What a run made of a body. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Taken(Base64Run run, byte[] decoded, byte[] rest) {
    Segment.Base64 segment() {
      return new Segment.Base64(BLOB, run.octets(), run.line(), run.length());
    }
  }

  /** Feeds a body in pieces of at most that many octets. */
  private static Taken take(byte[] body, int piece) {
    Base64Run run = new Base64Run();
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    boolean goesOn = true;
    for (int at = 0; at < body.length; at += piece) {
      ByteBuffer slice = ByteBuffer.wrap(body, at, Math.min(piece, body.length - at));
      if (goesOn) {
        goesOn = run.take(slice, block -> decoded.write(block.array(), 0, block.limit()));
        if (!goesOn) {
          rest.writeBytes(run.left());
        }
      }
      rest.write(body, slice.position(), slice.remaining());
    }
    if (goesOn) {
      rest.writeBytes(run.left());
    }
    return new Taken(run, decoded.toByteArray(), rest.toByteArray());
  }

  /** Octets [from, to) of the encoding of an array that is read in blocks. */
  private static byte[] encoded(Taken taken, int from, int to, int block) {
    return ContentFixture.bytes(
        Base64Source.open(
            taken.segment(),
            (blob, offset, length) -> blocks(taken.decoded(), (int) offset, (int) length, block),
            from,
            to));
  }

  private static ByteSource blocks(byte[] octets, int from, int length, int block) {
    List<ByteSource> blocks = new java.util.ArrayList<>();
    for (int at = from; at < from + length; at += block) {
      blocks.add(Sources.of(octets, at, Math.min(at + block, from + length)));
    }
    return Sources.join(blocks);
  }

  @Property(tries = 4_000)
  void whatIsTakenIsMadeAgain(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] body = Base64Bodies.any(random, random.nextInt(20) == 0 ? 30_000 : 200);
    Taken taken = take(body, 1 + random.nextInt(random.nextBoolean() ? 7 : 20_000));
    int length = (int) taken.run().length();
    assertThat(length + taken.rest().length).isEqualTo(body.length);
    assertThat(taken.rest()).isEqualTo(Arrays.copyOfRange(body, length, body.length));
    if (length == 0) {
      assertThat(taken.decoded()).isEmpty();
      return;
    }
    assertThat((int) taken.run().octets()).isEqualTo(taken.decoded().length);
    int block = 1 + random.nextInt(random.nextBoolean() ? 10 : 10_000);
    assertThat(encoded(taken, 0, length, block)).isEqualTo(Arrays.copyOf(body, length));
    for (int i = 0; i < 5; i++) {
      int from = random.nextInt(length);
      int to = from + 1 + random.nextInt(Math.min(length - from, i < 3 ? 12 : length));
      assertThat(encoded(taken, from, to, block))
          .as("%d..%d", from, to)
          .isEqualTo(Arrays.copyOfRange(body, from, to));
    }
  }

  @Property(tries = 500)
  void canonicalBodiesAreTakenWhole(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] body = Base64Bodies.canonical(random, 20_000);
    Taken taken = take(body, 1 + random.nextInt(9_000));
    assertThat(taken.rest()).isEmpty();
    assertThat(taken.decoded())
        .isEqualTo(java.util.Base64.getMimeDecoder().decode(new String(body, ISO_8859_1)));
  }

  @Property(tries = 200)
  void aRangeReadsNoGroupBesideIt(@ForAll long seed) {
    Random random = new Random(seed);
    Taken taken = take(Base64Bodies.canonical(random, 3_000), 9_000);
    int length = (int) taken.run().length();
    if (length == 0) {
      return;
    }
    int from = random.nextInt(length);
    int to = from + 1 + random.nextInt(length - from);
    long[] read = new long[1];
    ContentFixture.bytes(
        Base64Source.open(
            taken.segment(),
            (blob, offset, count) -> {
              read[0] = count;
              return blocks(taken.decoded(), (int) offset, (int) count, 1_000);
            },
            from,
            to));
    assertThat(read[0]).isLessThanOrEqualTo((to - from + 3) / 4 * 3 + 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QUJD",
        "QUJD\r\n",
        "QQ==",
        "QUI=\r\n",
        "QUJD\r\nQUJD\r\n",
        "QUJDQUJD\r\nQQ==",
      })
  void isCanonical(String body) {
    assertThat(take(body.getBytes(ISO_8859_1), 3).rest()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|QUJ",
        "QUJD|\n",
        "QUJD|\r",
        "QUJD\r\n|\r\n",
        "QUJD\r\n| QUJD",
        "QUJD\r\nQUJD|QUJD",
        "QQ==|QUJD",
        "QQ==\r\n|QUJD",
        "|QR==",
        "|QUL=",
        "|Q===",
        "|====",
        "QUJD|=",
        "QUJD|-QUJ",
        "QUJD|QQ =",
        "QUJDQUJD\r\nQUJD\r\n|QUJD\r\n",
        "|QUJ\r\nQUJ",
        "QUJD\r\n|=QUJ",
        "|\r\nQUJD",
      })
  void breaksOffThere(String marked) {
    // the bar shows where the rest begins
    Taken taken = take(marked.replace("|", "").getBytes(ISO_8859_1), 2);
    assertThat(new String(taken.rest(), ISO_8859_1))
        .isEqualTo(marked.substring(marked.indexOf('|') + 1));
  }

  @Test
  void aBlobThatIsTooShortIsNoticed() {
    Segment.Base64 segment = new Segment.Base64(BLOB, 300, 76, 410);
    ByteSource source =
        Base64Source.open(
            segment, (blob, offset, length) -> Sources.of(new byte[120]), 0, segment.length());
    assertThatThrownBy(() -> ContentFixture.bytes(source)).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void impossibleSegmentsAreRefused() {
    assertThatThrownBy(() -> new Segment.Base64(BLOB, 0, 76, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Segment.Base64(BLOB, 3, 75, 4))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Segment.Base64(BLOB, 3, 76, 5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Segment.Base64(BLOB, 57, 76, 76).characters()).isEqualTo(76);
    assertThat(new Segment.Base64(BLOB, 58, 76, 84).length()).isEqualTo(84);
  }
}
