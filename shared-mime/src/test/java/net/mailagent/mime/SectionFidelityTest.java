package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.model.ByteSource;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import org.junit.jupiter.api.Test;

/**
 * Every section of every message holds what an independent reader cuts out of it: BODY[...] in all
 * its forms, BINARY and its size, whatever the message looks like.
 */
class SectionFidelityTest {
  static final List<Section.Text> TEXTS =
      List.of(
          new Section.Text.Content(),
          new Section.Text.Header(),
          new Section.Text.Body(),
          new Section.Text.Mime(),
          new Section.Text.Binary(),
          new Section.Text.HeaderFields(List.of("Subject", "content-TYPE"), false),
          new Section.Text.HeaderFields(List.of("subject", "X-Folded"), true),
          new Section.Text.HeaderFields(List.of("none"), false),
          new Section.Text.HeaderFields(List.of(), true));

  @Property(tries = 1_500)
  void sectionsOfRandomTrees(@ForAll long seed) {
    Random random = new Random(seed);
    check(Parsing.octets(new RandomMessage(random).text()), random);
  }

  @Property(tries = 500)
  void sectionsOfRandomOctets(@ForAll byte[] octets, @ForAll long seed) {
    check(octets, new Random(seed));
  }

  @Test
  void theTreesAreReadByBoth() {
    int compared = 0;
    int deep = 0;
    for (int seed = 0; seed < 500; seed++) {
      byte[] raw = Parsing.octets(new RandomMessage(new Random(seed * 7_919L << 20)).text());
      compared += ReferenceParser.parse(raw).isPresent() ? 1 : 0;
      deep += depth(Parsing.parse(raw).root()) > 8 ? 1 : 0;
    }
    assertThat(compared).as("of 500 messages").isGreaterThan(400);
    assertThat(deep).as("deep ones of 500 messages").isGreaterThan(5);
  }

  private static int depth(MimePart part) {
    return 1 + part.children().stream().mapToInt(SectionFidelityTest::depth).max().orElse(0);
  }

  private static void check(byte[] raw, Random random) {
    ReferenceParser.parse(raw)
        .ifPresent(tree -> check(raw, new ReferenceSections(raw, tree), random));
  }

  /** Compares all sections, and some that are not there. */
  static void check(byte[] raw, ReferenceSections reference, Random random) {
    MimePart root =
        Parsing.run(MimeLimits.standard(), raw, 1 + random.nextInt(100)).message().root();
    List<List<Integer>> numbers = new ArrayList<>(List.of(List.of(), List.of(99), List.of(1, 99)));
    for (List<Integer> number : reference.numbers()) {
      numbers.add(number);
      List<Integer> below = new ArrayList<>(number);
      below.add(1 + random.nextInt(3));
      numbers.add(below);
    }
    String prefix = random.nextBoolean() ? "" : "Received: by x\r\n";
    byte[] stored = Parsing.octets(prefix + new String(raw, StandardCharsets.ISO_8859_1));
    for (List<Integer> number : numbers) {
      for (Section.Text text : TEXTS) {
        Section section = new Section(number, text);
        Optional<String> expected =
            reference.text(section).map(t -> traced(root, section, t, prefix));
        assertThat(read(root, section, prefix.length(), stored, 1 + random.nextInt(50)))
            .as("%s of %s", section, new String(raw, StandardCharsets.ISO_8859_1))
            .isEqualTo(expected);
      }
    }
  }

  /** The octets in front belong to the header of the whole message, whatever its number is. */
  private static String traced(MimePart root, Section section, String text, String prefix) {
    boolean root1 = section.part().equals(List.of(1)) && !root.multipart();
    if (!section.part().isEmpty()) {
      return root1 && section.text() instanceof Section.Text.Mime ? prefix + text : text;
    }
    return switch (section.text()) {
      case Section.Text.Content c -> prefix + text;
      case Section.Text.Binary b -> prefix + text;
      case Section.Text.Header h -> prefix + text;
      case Section.Text.HeaderFields f -> f.not() ? prefix + text : text;
      case Section.Text.Body b -> text;
      case Section.Text.Mime m -> text;
    };
  }

  private static Optional<String> read(
      MimePart root, Section section, long shift, byte[] stored, int block) {
    Selection selection;
    try {
      selection = Sections.locate(root, section, shift).orElse(null);
    } catch (Refused e) {
      // An encoding that nobody can undo: only BINARY may say so, and what it is about is there.
      assertThat(section.text()).isInstanceOf(Section.Text.Binary.class);
      String encoding = Sections.part(root, section.part()).orElseThrow().transferEncoding();
      assertThat(TransferDecoding.supports(encoding)).isFalse();
      selection =
          Sections.locate(root, new Section(section.part(), new Section.Text.Content()), shift)
              .orElseThrow();
    }
    return Optional.ofNullable(selection).map(s -> text(s, stored, block));
  }

  private static String text(Selection selection, byte[] stored, int block) {
    ByteSource source =
        switch (selection) {
          case Selection.Range r -> Sources.of(stored, r.start(), r.end(), block);
          case Selection.Filtered f ->
              new HeaderFilter(f.names(), f.not())
                  .filter(() -> Sources.of(stored, f.start(), f.end(), block));
          case Selection.Encoded e ->
              TransferDecoding.decode(
                  () -> Sources.of(stored, e.start(), e.end(), block), e.transferEncoding());
        };
    long length = source.length(); // for BINARY, its BINARY.SIZE
    byte[] octets = Sources.read(source);
    assertThat(length).isEqualTo(octets.length);
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
