package net.mailagent.lmtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DotReaderTest {
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private final DotReader reader = new DotReader();

  private void take(ByteBuffer slice) {
    byte[] octets = new byte[slice.remaining()];
    slice.get(octets);
    message.writeBytes(octets);
  }

  private String message() {
    return message.toString(ISO_8859_1);
  }

  private boolean feed(String text) {
    return reader.feed(ByteBuffer.wrap(text.getBytes(ISO_8859_1)), this::take);
  }

  /** Stuffs by the rule of RFC 5321 section 4.5.2, from left to right, and ends the message. */
  private static byte[] stuffed(byte[] octets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int before = '\r';
    int last = '\n';
    for (byte octet : octets) {
      if (octet == '.' && before == '\r' && last == '\n') {
        out.write('.');
      }
      out.write(octet);
      before = last;
      last = octet;
    }
    boolean lineEnded = before == '\r' && last == '\n';
    out.writeBytes((lineEnded ? ".\r\n" : "\r\n.\r\n").getBytes(ISO_8859_1));
    return out.toByteArray();
  }

  /** Octets in which the ones that matter are frequent. */
  @Provide
  Arbitrary<byte[]> nasty() {
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, Arbitraries.just((byte) '\r')),
            net.jqwik.api.Tuple.of(4, Arbitraries.just((byte) '\n')),
            net.jqwik.api.Tuple.of(4, Arbitraries.just((byte) '.')),
            net.jqwik.api.Tuple.of(2, Arbitraries.bytes()))
        .array(byte[].class)
        .ofMaxSize(200);
  }

  @Property(tries = 2000)
  void whatWasStuffedComesOutHoweverItIsCut(@ForAll("nasty") byte[] octets, @ForAll Random random) {
    byte[] next = "RSET\r\n".getBytes(ISO_8859_1);
    byte[] stuffed = stuffed(octets);
    byte[] wire = new byte[stuffed.length + next.length];
    System.arraycopy(stuffed, 0, wire, 0, stuffed.length);
    System.arraycopy(next, 0, wire, stuffed.length, next.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DotReader dots = new DotReader();
    int at = 0;
    boolean ended = false;
    while (!ended) {
      int cut = Math.min(wire.length, at + 1 + random.nextInt(5));
      ByteBuffer piece = ByteBuffer.wrap(wire, at, cut - at).slice().asReadOnlyBuffer();
      ended =
          dots.feed(
              piece,
              slice -> {
                byte[] copy = new byte[slice.remaining()];
                slice.get(copy);
                out.writeBytes(copy);
              });
      at += piece.position();
    }
    assertThat(at).as("nothing behind the end is taken").isEqualTo(stuffed.length);
    byte[] expected = octets;
    boolean lineEnded =
        octets.length == 0
            || (octets.length > 1
                && octets[octets.length - 2] == '\r'
                && octets[octets.length - 1] == '\n');
    if (!lineEnded) {
      expected = java.util.Arrays.copyOf(octets, octets.length + 2);
      expected[octets.length] = '\r';
      expected[octets.length + 1] = '\n';
    }
    assertThat(out.toByteArray()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n.\n",
        "\n.\r\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\r\n\n.\r\n",
        "\r\r.\r\n",
        "\n\r.\r\n",
        "\u0000.\r\n",
        "\r\n.\r\r\n",
        "\r\n.\u0000\r\n",
        "\r\n. \r\n",
        "\r\n..\r\n"
      })
  void noOtherSequenceEndsTheMessage(String smuggled) {
    assertThat(feed("a" + smuggled)).isFalse();
    assertThat(feed("MAIL FROM:<x@y>\r\n.\r\n")).isTrue();
    assertThat(message()).endsWith("MAIL FROM:<x@y>\r\n").startsWith("a");
  }

  @ParameterizedTest
  @CsvSource({
    "'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n'",
    "'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n'",
    "'a\r\n.\rb\r\n.\r\n', 'a\r\n\rb\r\n'",
    "'a\r\n.\r\r\n.\r\n', 'a\r\n\r\r\n'",
    "'..\r\n.\r\n', '.\r\n'",
    "'.a\r\n.\r\n', 'a\r\n'",
    "'a\r\n.\r.\r\n.\r\n', 'a\r\n\r.\r\n'"
  })
  void otherLineEndsPassUntouched(String wire, String expected) {
    assertThat(feed(wire)).isTrue();
    assertThat(message()).isEqualTo(expected);
  }

  @Test
  void anEmptyMessageIsADotAlone() {
    assertThat(feed(".\r\n")).isTrue();
    assertThat(message()).isEmpty();
    assertThatThrownBy(() -> feed("x")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void slicesShareTheMemoryOfWhatCameIn() {
    byte[] wire = "one\r\n..two\r\nthree\r\n.\r\n".getBytes(ISO_8859_1);
    List<ByteBuffer> slices = new java.util.ArrayList<>();
    assertThat(reader.feed(ByteBuffer.wrap(wire), slices::add)).isTrue();
    assertThat(slices)
        .hasSize(2)
        .allSatisfy(slice -> {
          assertThat(slice.array()).isSameAs(wire);
        });
  }
}
