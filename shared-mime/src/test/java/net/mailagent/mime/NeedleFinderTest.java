package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.text.Normalizer;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Text in pieces, normalised a window at a time, holds what it holds as a whole. */
class NeedleFinderTest {
  private static boolean find(String needle, int window, Iterable<String> pieces) {
    NeedleFinder finder = new NeedleFinder(needle, window);
    for (String piece : pieces) {
      if (finder.found(piece)) {
        break;
      }
    }
    return finder.foundAtEnd();
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    String[] pieces = {
      "a",
      "aab",
      "B",
      " ",
      "\r\n",
      "e",
      "\u0301",
      "\u0316\u0327",
      "\u1112",
      "\u1161",
      "\u11ab",
      "\uac00",
      "\u3131",
      "\u3133",
      "\uff76",
      "\uff9e",
      "\u0995\u09c7",
      "\u09be",
      "\ud83d\ude00",
      "\ud83d",
      "\ude00",
      "\ud81b\udd67",
      "\u0338",
      "\ufdfa",
    };
    return Arbitraries.of(pieces).list().ofMaxSize(25);
  }

  @Property(tries = 2_000)
  void piecesAndWindowsMakeNoDifference(
      @ForAll("pieces") List<String> pieces,
      @ForAll("pieces") List<String> others,
      @ForAll int size) {
    String normal = Normalized.forSearch(String.join("", pieces));
    String other = Normalized.forSearch(String.join("", others));
    int window = 1 + Math.floorMod(size, 9);
    for (int i = 0; i < normal.length(); i++) {
      String needle = normal.substring(i, Math.min(normal.length(), i + 1 + i % 7));
      assertThat(find(needle, window, pieces)).as(needle).isTrue();
    }
    for (int i = 0; i < other.length(); i++) {
      String needle = other.substring(i, Math.min(other.length(), i + 1 + i % 4));
      assertThat(find(needle, window, pieces)).as(needle).isEqualTo(normal.contains(needle));
    }
  }

  @Test
  void syllablesInPiecesAreFoundWhereverTheWindowEnds() {
    String syllables = Normalizer.normalize("\uae00 \ud55c", Normalizer.Form.NFD);
    String needle = Normalized.forSearch(syllables);
    String filler = Normalizer.normalize("\ub098", Normalizer.Form.NFD); // two characters
    for (int window = 4_080; window <= 4_110; window++) {
      for (String first : new String[] {"", "x"}) {
        String before = first + filler.repeat(2_045);
        String text = before + syllables + filler.repeat(3_000);
        assertThat(find(needle, window, letters(text))).as("window %d", window).isTrue();
      }
    }
  }

  private static Iterable<String> letters(String text) {
    return () -> text.chars().mapToObj(Character::toString).iterator();
  }

  @Test
  void aLongNeedleTakesLinearTime() {
    String needle = "a".repeat(100_000) + "b";
    List<String> text = java.util.Collections.nCopies(1_000, "a".repeat(8_000));
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(find(needle, 4_096, text)).isFalse();
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(5)); // else minutes
  }

  @Test
  void textWithoutAnyStartIsReadInBoundedPieces() {
    assertThat(find("b", 100, List.of("\u0301".repeat(100_000), "\u0301".repeat(100), "b")))
        .isTrue();
    assertThat(find("\u1175".repeat(50), 100, List.of("\u3163".repeat(5_000)))).isTrue();
  }
}
