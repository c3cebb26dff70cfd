package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Preconditions and ranges (RFC 9110 sections 13 and 14). */
class WantedTest {
  private static Wanted wanted(boolean get, String headers, long length) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (String header : headers.split("\\|")) {
      String[] parts = header.split(":", 2);
      if (parts.length == 2) {
        map.add(parts[0].strip(), parts[1].strip());
      }
    }
    return Wanted.of(get, map, "tag", length);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=0-, 0, 9",
    "bytes=9-, 9, 9",
    "bytes=3-5, 3, 5",
    "bytes=3-99999999999999999999999, 3, 9",
    "bytes=0000000000000000000000003-5, 3, 5",
    "bytes=-1, 9, 9",
    "bytes=-10, 0, 9",
    "bytes=-99999999999999999999999, 0, 9",
    "BYTES=1-2, 1, 2",
    "bytes= 1-2, 1, 2",
  })
  void aRangeIsServed(String range, long first, long last) {
    assertThat(wanted(true, "Range:" + range, 10)).isEqualTo(new Wanted.Part(first, last));
    assertThat(wanted(false, "Range:" + range, 10)).isEqualTo(new Wanted.Whole());
  }

  @ParameterizedTest
  @CsvSource({"bytes=10-", "bytes=10-11", "bytes=99999999999999999999-", "bytes=-0"})
  void aRangeBehindTheEndIsRefused(String range) {
    assertThat(wanted(true, "Range:" + range, 10)).isEqualTo(new Wanted.Outside());
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=",
    "bytes=-",
    "bytes=5-3",
    "bytes=a-b",
    "lines=1-2",
    "1-2",
    "bytes=1-2 3",
    "'bytes=0-1,4-5'",
    "bytes=+1-2",
  })
  void whatIsNoSingleRangeIsAnsweredWithAll(String range) {
    assertThat(wanted(true, "Range:" + range, 10)).isEqualTo(new Wanted.Whole());
  }

  @ParameterizedTest
  @CsvSource({"bytes=0-", "bytes=0-0"})
  void nothingHasNoOctets(String range) {
    assertThat(wanted(true, "Range:" + range, 0)).isEqualTo(new Wanted.Outside());
    assertThat(wanted(true, "Range:bytes=-5", 0)).isEqualTo(new Wanted.Whole());
    assertThat(wanted(true, "", 0)).isEqualTo(new Wanted.Whole());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "If-None-Match: \"tag\"; Unchanged",
        "If-None-Match: W/\"tag\"; Unchanged",
        "If-None-Match: \"other\", \"tag\"; Unchanged",
        "If-None-Match: *; Unchanged",
        "If-None-Match: \"other\"; Whole",
        "If-None-Match: tag; Whole",
        "If-Match: \"tag\"; Whole",
        "If-Match: *; Whole",
        "If-Match: W/\"tag\"; OtherVersion",
        "If-Match: \"other\"; OtherVersion",
        "If-Match: \"other\"|If-None-Match: \"tag\"; OtherVersion",
        "If-None-Match: \"tag\"|Range: bytes=1-2; Unchanged",
        "If-Range: \"tag\"|Range: bytes=1-2; Part",
        "If-Range: W/\"tag\"|Range: bytes=1-2; Whole",
        "If-Range: \"other\"|Range: bytes=1-2; Whole",
        "If-Range: \"other\"|Range: bytes=99-; Whole",
        "If-Range: Sat, 21 Nov 2026 10:00:00 GMT|Range: bytes=1-2; Whole",
        "Range: bytes=1-2|Range: bytes=1-2; Whole",
      })
  void preconditionsComeFirst(String headers, String answer) {
    assertThat(wanted(true, headers, 10).getClass().getSimpleName()).isEqualTo(answer);
  }

  @Property(tries = 2_000)
  void aPartNeverLeavesTheOctets(
      @ForAll @IntRange(max = 50) int length,
      @ForAll @IntRange(min = -1, max = 60) int first,
      @ForAll @IntRange(min = -1, max = 60) int last) {
    String range = (first < 0 ? "" : first) + "-" + (last < 0 ? "" : last);
    switch (wanted(true, "Range: bytes=" + range, length)) {
      case Wanted.Part part -> {
        assertThat(part.first()).isBetween(0L, length - 1L);
        assertThat(part.last()).isBetween(part.first(), length - 1L);
        if (first >= 0) {
          assertThat(part.first()).isEqualTo(first);
          assertThat(part.last()).isEqualTo(last < 0 ? length - 1 : Math.min(last, length - 1));
        } else {
          assertThat(part.length()).isEqualTo(Math.min(last, length));
          assertThat(part.last()).isEqualTo(length - 1);
        }
      }
      case Wanted.Outside o -> assertThat(first < 0 ? last == 0 : first >= length).isTrue();
      case Wanted.Whole w ->
          assertThat((first < 0 && (last < 0 || length == 0)) || (last >= 0 && first > last))
              .isTrue();
      case Wanted.Unchanged u -> throw new AssertionError("no precondition was given");
      case Wanted.OtherVersion v -> throw new AssertionError("no precondition was given");
    }
  }
}
