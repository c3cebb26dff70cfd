package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import net.mailagent.model.ByteSource;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;

/**
 * What is fuzzed: each takes any octets and throws when a promise is broken. {@link FuzzTest} runs
 * them on the corpus in every build, and on ever new inputs in the profile {@code fuzz}.
 */
final class FuzzTargets {
  /** The targets by name; found cases lie in a folder of the lower-case one. */
  enum Target {
    SCANNER(FuzzTargets::scanner),
    SECTIONS(FuzzTargets::sections),
    STRUCTURE(FuzzTargets::structure),
    FIELDS(FuzzTargets::fields),
    TEXT(FuzzTargets::text),
    TRANSFER(FuzzTargets::transfer),
    TREE(FuzzTargets::tree);

    private final Consumer<byte[]> code;

    Target(Consumer<byte[]> code) {
      this.code = code;
    }

    void run(byte[] octets) {
      code.accept(octets);
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private FuzzTargets() {}

  private static MimeLimits limits(byte[] octets) {
    // Small limits in every other run, so that what lies past them is reached by short inputs.
    return (Arrays.hashCode(octets) & 1) == 0
        ? MimeLimits.standard()
        : new MimeLimits(6, 4, 120, 40, 60, 100, 80, 100, 100);
  }

  /** The scanner: every octet has its place, cuts do not matter, a slow reader sees the same. */
  static void scanner(byte[] raw) {
    Random random = new Random(Arrays.hashCode(raw));
    MimeLimits limits = limits(raw);
    Parsing.Outcome whole = Parsing.run(limits, raw, Math.max(1, raw.length));
    assertThat(whole.sink().all.toByteArray()).isEqualTo(raw);
    for (int buffer : new int[] {1, 2 + random.nextInt(20)}) {
      Parsing.Outcome pieces = Parsing.run(limits, raw, buffer);
      assertThat(pieces.sink().all.toByteArray()).isEqualTo(raw);
      assertThat(pieces.sink().leaves).isEqualTo(whole.sink().leaves);
      assertThat(pieces.message().root()).isEqualTo(whole.message().root());
      assertThat(pieces.message().envelope()).isEqualTo(whole.message().envelope());
      assertThat(pieces.message().bodyStructure()).isEqualTo(whole.message().bodyStructure());
      assertThat(pieces.message().facts()).isEqualTo(whole.message().facts());
    }
    MimePart root = whole.message().root();
    assertThat(MimeTreeCodec.decode(MimeTreeCodec.encode(root))).isEqualTo(root);
    nests(root, 0, raw.length);
  }

  private static void nests(MimePart part, long from, long to) {
    assertThat(part.headerStart()).isBetween(from, to);
    assertThat(part.headerEnd()).isBetween(part.headerStart(), to);
    assertThat(part.bodyEnd()).isBetween(part.headerEnd(), to);
    long at = part.headerEnd();
    for (MimePart child : part.children()) {
      nests(child, at, part.bodyEnd());
      at = child.bodyEnd();
    }
  }

  /** Section resolution: every section is what the independent reader cuts out. */
  static void sections(byte[] raw) {
    Random random = new Random(Arrays.hashCode(raw));
    ReferenceParser.parse(raw)
        .ifPresentOrElse(
            tree -> SectionFidelityTest.check(raw, new ReferenceSections(raw, tree), random),
            () -> ranges(raw, random));
  }

  /** Where no reading is defined, sections still lie within the message. */
  private static void ranges(byte[] raw, Random random) {
    MimePart root = Parsing.run(limits(raw), raw, 1 + random.nextInt(50)).message().root();
    for (int i = 0; i < 20; i++) {
      List<Integer> number = new ArrayList<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        number.add(1 + random.nextInt(3));
      }
      for (Section.Text text : SectionFidelityTest.TEXTS) {
        try {
          Sections.locate(root, new Section(number, text), 10)
              .ifPresent(selection ->
                  assertThat(selection.end()).isBetween(selection.start(), raw.length + 10L));
        } catch (Refused e) {
          assertThat(text).isInstanceOf(Section.Text.Binary.class);
        }
      }
    }
  }

  /** BODYSTRUCTURE, BODY and ENVELOPE: legal, and of the same octets and lines as the tree. */
  static void structure(byte[] raw) {
    ParsedMessage message = Parsing.run(limits(raw), raw, 1_000).message();
    ImapGrammar.envelope(message.envelope());
    List<Long> octets = new ArrayList<>();
    sizes(message.root(), octets);
    assertThat(ImapGrammar.sizes(message.bodyStructure(), true)).isEqualTo(octets);
    assertThat(ImapGrammar.sizes(message.body(), false)).isEqualTo(octets);
  }

  private static void sizes(MimePart part, List<Long> octets) {
    if (!part.multipart()) {
      octets.add(part.bodySize());
      boolean encoded = part.leaf() && ContentType.isMessage(part.mediaType());
      if (encoded) {
        octets.add(0L); // the empty text it is shown to hold
        octets.add(0L);
      }
    }
    part.children().forEach(child -> sizes(child, octets));
    if (part.message() || part.text() || (part.leaf() && ContentType.isMessage(part.mediaType()))) {
      octets.add(part.lines());
    }
  }

  /** Header fields: whatever stands in them, what is made of them is bounded and well-formed. */
  static void fields(byte[] raw) {
    String text = new String(raw, StandardCharsets.ISO_8859_1).replaceAll("\r?\n(?![ \t])", " ");
    StringBuilder header = new StringBuilder();
    for (String name :
        new String[] {
          "From",
          "To",
          "Subject",
          "Date",
          "Message-ID",
          "References",
          "In-Reply-To",
          "Content-Disposition",
          "Content-ID",
          "Content-Language",
          "Content-Location",
          "Content-Description",
          "Content-MD5",
          "Content-Transfer-Encoding"
        }) {
      header.append(name).append(": ").append(text).append("\r\n");
    }
    String types = "image/png; " + text;
    for (String type : new String[] {text, types, "multipart/mixed; boundary=" + text}) {
      byte[] message = Parsing.octets(header + "Content-Type: " + type + "\r\n\r\n--x\r\n\r\n");
      structure(message);
      MessageFacts facts = Parsing.parse(message).facts();
      assertThat(facts.subject().length()).isLessThanOrEqualTo(raw.length * 2 + 10);
      assertThat(facts.baseSubject().length()).isLessThanOrEqualTo(20 * raw.length + 10);
      assertThat(facts.messageId()).matches("(?s)|<[^<>\\s]+>");
      assertThat(facts.references()).allMatch(id -> id.startsWith("<") && id.endsWith(">"));
      assertThat(facts.threadRoot().isEmpty())
          .isEqualTo(facts.messageId().isEmpty() && facts.references().isEmpty());
    }
    for (boolean not : new boolean[] {true, false}) {
      ByteSource source =
          new HeaderFilter(List.of("subject"), not).filter(() -> Sources.of(raw, 3));
      long length = source.length();
      byte[] filtered = Sources.read(source);
      assertThat(length).isEqualTo(filtered.length).isLessThanOrEqualTo(raw.length + 4L);
      assertThat(new String(filtered, StandardCharsets.ISO_8859_1)).endsWith("\n");
    }
  }

  private static final String[] TYPES = {
    "text/plain; charset=utf-8",
    "text/plain; charset=iso-2022-jp",
    "text/html",
    "text/plain; charset=utf-16",
    "text/plain; charset=nobody-knows",
    "text/plain; format=flowed; delsp=yes",
    "text/html; charset=gb2312",
    "text/calendar; charset=utf-7"
  };

  /** Text: the words decide what a search finds, and previews are short, valid text. */
  static void text(byte[] raw) {
    int kind = raw.length == 0 ? 0 : raw[0] & 0xff;
    String encoding = new String[] {"8bit", "base64", "quoted-printable"}[kind / 8 % 3];
    String head =
        "Content-Type: "
            + TYPES[kind % 8]
            + "\r\nContent-Transfer-Encoding: "
            + encoding
            + "\r\n\r\n";
    byte[] message = Parsing.octets(head + new String(raw, StandardCharsets.ISO_8859_1));
    MessageFacts facts = Parsing.run(MimeLimits.standard(), message, 1_000).message().facts();
    assertThat(Parsing.run(MimeLimits.standard(), message, 3).message().facts()).isEqualTo(facts);
    String preview = facts.preview();
    assertThat(preview.codePointCount(0, preview.length())).isLessThanOrEqualTo(200);
    assertThat(preview.codePoints()).allMatch(c -> !Character.isISOControl(c));
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(preview)).isTrue();
    assertThat(facts.words()).startsWith(" ").endsWith(" ").doesNotContain("  ");
    TextExtractor extractor =
        new TextExtractor(
            Parsing.parse(message).root(),
            (start, end) -> Sources.of(message, start, end, 7),
            MimeLimits.standard());
    String normal = Normalized.forSearch(extractor.text(Integer.MAX_VALUE));
    int at = 0;
    for (String word : facts.words().strip().split(" ", -1)) {
      if (at++ < 50) {
        assertThat(normal).contains(word);
        assertThat(extractor.contains(word)).as(word).isTrue();
      }
    }
    for (String word : normal.split("[^\\p{L}\\p{M}\\p{Nd}]+", 50)) {
      if (Normalized.isWord(word)) {
        assertThat(facts.words()).contains(word);
      }
    }
  }

  /** Transfer encodings: blocks do not matter, and the outcome is what another reader gets. */
  static void transfer(byte[] raw) {
    String text = new String(raw, StandardCharsets.ISO_8859_1);
    boolean longSpace = text.matches("(?s).*[ \t\r]{900}.*");
    for (String encoding : new String[] {"base64", "quoted-printable"}) {
      String whole = decode(raw, encoding, Math.max(1, raw.length));
      assertThat(decode(raw, encoding, 1)).isEqualTo(whole);
      assertThat(decode(raw, encoding, 7)).isEqualTo(whole);
      if (encoding.equals("base64")) {
        assertThat(whole).isEqualTo(ReferenceSections.base64(text));
      } else if (!longSpace) {
        assertThat(whole).isEqualTo(ReferenceSections.quotedPrintable(text));
      }
    }
  }

  private static String decode(byte[] raw, String encoding, int block) {
    ByteSource source = TransferDecoding.decode(() -> Sources.of(raw, block), encoding);
    long length = source.length();
    byte[] octets = Sources.read(source);
    assertThat(length).isEqualTo(octets.length);
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  /** The stored form of a tree: what is damaged is refused, never read as something else's size. */
  static void tree(byte[] raw) {
    MimePart read;
    try {
      read = MimeTreeCodec.decode(raw);
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(MimeTreeCodec.decode(MimeTreeCodec.encode(read))).isEqualTo(read);
  }
}
