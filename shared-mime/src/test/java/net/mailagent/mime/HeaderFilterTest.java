package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.mailagent.model.ByteSource;
import org.junit.jupiter.api.Test;

/** HEADER.FIELDS and HEADER.FIELDS.NOT against a reading of the whole block at once. */
class HeaderFilterTest {
  private static final String HEADER =
      "From me Mon Jan 1\r\nSubject: a\r\n folded\r\nto:\tx\r\nX-One : 1\r\nSUBJECT:b\r\n"
          + "no colon\r\n goes on\r\n\r\n";

  /**
   * @param blocks octets of the blocks the header comes in, over and over
   */
  private static String filter(String header, boolean not, List<Integer> blocks, String... names) {
    byte[] octets = Parsing.octets(header);
    ByteSource source =
        new HeaderFilter(List.of(names), not).filter(() -> Sources.of(octets, blocks));
    long length = source.length();
    String text = new String(Sources.read(source), StandardCharsets.ISO_8859_1);
    assertThat(length).isEqualTo(text.length());
    return text;
  }

  private static String filter(String header, boolean not, int block, String... names) {
    return filter(header, not, List.of(block), names);
  }

  @Test
  void orderFoldsAndRepeatsAreKept() {
    assertThat(filter(HEADER, false, 1_000, "subject"))
        .isEqualTo("Subject: a\r\n folded\r\nSUBJECT:b\r\n\r\n");
    assertThat(filter(HEADER, false, 1_000, "X-ONE", "To"))
        .isEqualTo("to:\tx\r\nX-One : 1\r\n\r\n");
    assertThat(filter(HEADER, false, 1_000, "none")).isEqualTo("\r\n");
    assertThat(filter(HEADER, true, 1_000, "subject", "to"))
        .isEqualTo("From me Mon Jan 1\r\nX-One : 1\r\nno colon\r\n goes on\r\n\r\n");
    assertThat(filter(HEADER, true, 1_000)).isEqualTo(HEADER);
  }

  @Test
  void aBlankLineAlwaysEndsIt() {
    assertThat(filter("", false, 10, "a")).isEqualTo("\r\n");
    assertThat(filter("A: b", false, 10, "a")).isEqualTo("A: b\r\n\r\n");
    assertThat(filter("A: b\n", false, 10, "a")).isEqualTo("A: b\n\r\n");
    assertThat(filter("A: b\n\n", false, 10, "a")).isEqualTo("A: b\n\n");
    assertThat(filter("A: b\r\n\r\nA: c\r\n", false, 10, "a")).isEqualTo("A: b\r\n\r\n");
  }

  @Provide
  Arbitrary<String> headers() {
    String[] pieces = {
      "A",
      "b",
      ":",
      ": ",
      " ",
      "\t",
      "\r\n",
      "\r\n",
      "\n",
      "\r",
      "Subject: x\r\n",
      "A: 1\r\n",
      " y\r\n",
      "\u00e9",
      "a :",
      "A: no end",
      "Subjec",
      "x".repeat(100)
    };
    return Arbitraries.of(pieces).list().ofMaxSize(30).map(list -> String.join("", list));
  }

  @Property(tries = 3_000)
  void blocksOfAnySizeReadAsTheWhole(@ForAll("headers") String header, @ForAll boolean not) {
    String expected = new ReferenceHeader(block(header)).filtered(List.of("a", "subject"), not);
    for (int block : new int[] {1, 2, 3, 5, 1_000}) {
      assertThat(filter(header, not, block, "Subject", "A")).isEqualTo(expected);
    }
  }

  @Provide
  Arbitrary<List<Integer>> blocks() {
    return Arbitraries.integers().between(1, 200).list().ofMinSize(1).ofMaxSize(8);
  }

  @Property(tries = 3_000)
  void blocksOfDifferentSizesReadAsTheWhole(
      @ForAll("headers") String header,
      @ForAll boolean not,
      @ForAll("blocks") List<Integer> blocks) {
    String expected = filter(header, not, 10_000, "Subject", "A");
    assertThat(filter(header, not, blocks, "Subject", "A")).isEqualTo(expected);
  }

  @Test
  void aLargerBlockFollowsASmallOne() {
    String header = "Subject: " + "x".repeat(70) + "\r\n\r\n";
    assertThat(filter(header, false, List.of(3, 78), "Subject")).isEqualTo(header);
  }

  /** As far as a blank line goes. */
  private static String block(String text) {
    Matcher blank = Pattern.compile("(?:^|(?<=\n))\r?\n").matcher(text);
    return blank.find() ? text.substring(0, blank.end()) : text;
  }

  @Test
  void tenMebibytesStreamInBoundedTime() {
    String header = "X-Field: value\r\n".repeat(650_000) + "Subject: last\r\n\r\n";
    byte[] octets = Parsing.octets(header);
    long start = System.nanoTime();
    ByteSource source =
        new HeaderFilter(List.of("subject"), false).filter(() -> Sources.of(octets, 16_384));
    assertThat(Sources.read(source)).asString().isEqualTo("Subject: last\r\n\r\n");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }
}
