package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.text.Normalizer;
import java.time.Duration;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;

/** The normal form of texts and needles, in linear time. */
class NormalizedTest {
  @Test
  void manyMarksTakeLinearTime() {
    String[] hostile = {
      "a" + "\u0301".repeat(131_000) + "\u0316".repeat(131_000), // the later ones go in front
      "a" + ("\u0301".repeat(20) + "\uff9e".repeat(20)).repeat(6_000),
      "a" + "\u0344".repeat(100_000) + "\ud834\udd65".repeat(50_000),
    };
    for (String text : hostile) {
      // One after the other they would take minutes.
      assertThat(time(() -> Normalized.forSearch(text))).isLessThan(Duration.ofSeconds(2));
    }
  }

  /** Processor time of this thread, so that a busy machine does not matter. */
  private static Duration time(Supplier<String> work) {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(work.get()).isNotEmpty();
    return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
  }

  @Provide
  Arbitrary<String> texts() {
    String[] pieces = {
      "a", "e\u0301", "\u0316", "\u0323", "\u05b8", "\uff9e", "\uff76", "\u1112\u1161\u11ab",
      "\u3160", "\ud834\udd65", "\ud83d\ude00", "\ud83d", " ", "\ufdfa", "\u0e33", "\u0f73"
    };
    return Arbitraries.of(pieces).list().ofMaxSize(30).map(list -> String.join("", list));
  }

  @Property(tries = 2_000)
  void ofUpToThirtyMarksNoneIsDropped(@ForAll("texts") String text) {
    StringBuilder expected = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFKC)
        .codePoints()
        .map(c -> Character.toLowerCase(Character.toUpperCase(c)))
        .forEach(expected::appendCodePoint);
    assertThat(Normalized.fold(text)).isEqualTo(expected.toString());
  }

  /** ASCII has a way of its own. */
  @Property(tries = 2_000)
  void everyTextIsFoldedAlike(@ForAll @CharRange(from = '\0', to = '\u0090') String text) {
    StringBuilder expected = new StringBuilder();
    boolean space = false;
    for (char c : Normalized.fold(text).toCharArray()) {
      boolean blank = Character.isWhitespace(c) || Character.isSpaceChar(c);
      if (!blank || !space) {
        expected.append(blank ? ' ' : c);
      }
      space = blank;
    }
    assertThat(Normalized.forSearch(text)).isEqualTo(expected.toString());
    String ascii = text.replaceAll("[^\\x00-\\x7f]", "");
    assertThat(Normalized.forSearch(ascii))
        .isEqualTo(Normalized.forSearch(ascii + "\u0080").replace("\u0080", ""));
  }

  @Test
  void halvesOfSurrogatePairsAreReplaced() {
    assertThat(Normalized.forSearch("A?\ud83d B")).isEqualTo("a?\ufffd b");
    assertThat(Normalized.forSearch("\ude00\ud83d?")).isEqualTo("\ufffd\ufffd?");
    assertThat(Normalized.forSearch("?\ud83d\ude00?")).isEqualTo("?\ud83d\ude00?");
  }

  @Test
  void furtherMarksAreDroppedInTextAndNeedle() {
    String thirty = "q" + "\u0323".repeat(30);
    assertThat(Normalized.forSearch("x" + thirty + "z")).isEqualTo("x" + thirty + "z");
    assertThat(Normalized.forSearch("x" + thirty + "\u0301\u0316z")).isEqualTo("x" + thirty + "z");
    String tears = "\u3160".repeat(100); // Korean vowels are no marks
    assertThat(Normalized.forSearch(tears)).hasSize(100);
  }

  @Test
  void furtherMarksAreDroppedWhereverTheyStand() {
    for (String mark : new String[] {"\u0323", "\ud834\udd65", "\uff9e"}) {
      for (int before = 0; before < 100; before++) {
        String text = "x".repeat(before) + mark.repeat(31);
        assertThat(Normalized.fold(text).codePoints().filter(Normalized::isMark).count())
            .as("%d before", before)
            .isEqualTo(30);
      }
    }
  }

  /** What Unicode reorders behind others, or joins with what is in front, is known as such. */
  @Test
  void marksAndPiecesOfSyllablesAreKnown() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= 0xd800 && c < 0xe000) {
        continue;
      }
      String apart = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKD);
      int first = apart.codePointAt(0);
      if (!Normalizer.isNormalized("\u0345" + Character.toString(first), Normalizer.Form.NFD)) {
        assertThat(Normalized.isMark(c)).as("U+%X", c).isTrue();
      }
      if (Normalized.isMark(first)) {
        assertThat(SimpleFolds.joins(c)).as("U+%X", c).isTrue();
      }
      String canonical = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD);
      for (int i = Character.charCount(canonical.codePointAt(0)); i < canonical.length(); ) {
        int second = canonical.codePointAt(i);
        assertThat(SimpleFolds.joins(second)).as("U+%X in U+%X", second, c).isTrue();
        i += Character.charCount(second);
      }
    }
  }
}
