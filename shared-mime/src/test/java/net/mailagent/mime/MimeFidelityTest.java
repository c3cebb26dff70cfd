package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Any octets are a message; every octet has one place; an independent reader sees the same tree.
 */
class MimeFidelityTest {
  private static final String[] PIECES = {
    "\r\n",
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\n\n",
    " ",
    "\t",
    "-",
    "--",
    "\0",
    "\u00e9",
    "x",
    "--a",
    "--ab",
    "--a--",
    "--ab--",
    "--a-- ",
    "--a\t ",
    "--a----",
    "--b",
    "--b--",
    "\r\n--a\r\n",
    "\r\n--a--\r\n",
    "\r\n--ab\r\n",
    "\r\n--b\r\n",
    "--b\n",
    "--a\n\n",
    "text",
    ": ",
    "Subject: x\r\n",
    "From me Mon Jan 1 00:00:00 1996\r\n",
    "no colon\r\n",
    " folded\r\n",
    "Content-Type: multipart/mixed; boundary=a\r\n",
    "Content-Type: multipart/mixed; boundary=\"ab\"\r\n",
    "Content-Type: multipart/mixed;\r\n boundary=\"a--\"\r\n",
    "Content-Type: multipart/digest; boundary=b\n",
    "content-type: multipart/mixed; boundary=\"b \"\r\n\r\n",
    "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
    "Content-Type: multipart/alternative\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Type: text/html\r\n\r\n",
    "Content-Type: multipart/mixed; boundary=\"\"\r\n",
    "Content-Type: nonsense\r\n",
  };

  @Provide
  Arbitrary<String> soups() {
    return Arbitraries.of(PIECES).list().ofMaxSize(50).map(pieces -> String.join("", pieces));
  }

  @Provide
  Arbitrary<String> trees() {
    return Arbitraries.longs().map(seed -> new RandomMessage(new Random(seed)).text());
  }

  @Property(tries = 4_000)
  void aSoupOfPiecesReadsAsTheReferenceReadsIt(@ForAll("soups") String raw, @ForAll int cut) {
    check(Parsing.octets(raw), cut);
  }

  @Property(tries = 1_500)
  void aRandomTreeReadsAsTheReferenceReadsIt(@ForAll("trees") String raw, @ForAll int cut) {
    check(Parsing.octets(raw), cut);
  }

  @Property(tries = 1_000)
  void randomOctetsNeverThrow(@ForAll byte[] raw, @ForAll int cut) {
    check(raw, cut);
  }

  private static void check(byte[] raw, int cut) {
    Parsing.Outcome whole = Parsing.run(MimeLimits.standard(), raw, Math.max(1, raw.length));
    assertThat(whole.sink().all.toByteArray()).isEqualTo(raw);
    assertThat(whole.message().size()).isEqualTo(raw.length);
    MimePart root = whole.message().root();
    ReferenceParser.parse(raw)
        .ifPresent(expected ->
            assertThat(flat(reference(root))).as(() -> escaped(raw)).isEqualTo(flat(expected)));
    checkNesting(root, 0, raw.length);
    checkLeaves(root, whole.sink());

    for (int buffer : new int[] {1, 2, 3, 7, 1 + Math.floorMod(cut, 64)}) {
      Parsing.Outcome pieces = Parsing.run(MimeLimits.standard(), raw, buffer);
      assertThat(pieces.sink().all.toByteArray()).isEqualTo(raw);
      assertSame(pieces, whole);
    }
    assertSame(irregular(raw, new Random(cut)), whole);
    assertThat(MimeTreeCodec.decode(MimeTreeCodec.encode(root))).isEqualTo(root);
  }

  private static Parsing.Outcome irregular(byte[] raw, Random random) {
    RecordingSink sink = new RecordingSink();
    MimeParser parser = new MimeParser(MimeLimits.standard(), sink);
    int at = 0;
    while (at < raw.length) {
      int n = Math.min(raw.length - at, random.nextInt(20));
      ByteBuffer direct = ByteBuffer.allocateDirect(n + 5).position(3);
      direct.put(raw, at, n).flip().position(3);
      parser.write(direct);
      assertThat(direct.hasRemaining()).isFalse();
      at += n;
    }
    return new Parsing.Outcome(parser.finish(), sink);
  }

  private static void assertSame(Parsing.Outcome one, Parsing.Outcome other) {
    assertThat(one.message().root()).isEqualTo(other.message().root());
    assertThat(one.message().envelope()).isEqualTo(other.message().envelope());
    assertThat(one.message().body()).isEqualTo(other.message().body());
    assertThat(one.message().bodyStructure()).isEqualTo(other.message().bodyStructure());
    assertThat(one.message().facts()).isEqualTo(other.message().facts());
    assertThat(one.sink().leaves).isEqualTo(other.sink().leaves);
  }

  private static void checkNesting(MimePart part, long from, long to) {
    assertThat(part.headerStart()).isGreaterThanOrEqualTo(from);
    assertThat(part.headerEnd()).isGreaterThanOrEqualTo(part.headerStart());
    assertThat(part.bodyEnd()).isBetween(part.headerEnd(), to);
    long at = part.headerEnd();
    for (MimePart child : part.children()) {
      checkNesting(child, at, part.bodyEnd());
      at = child.bodyEnd();
    }
  }

  /** The leaves the sink was told of are the leaves of the tree. */
  private static void checkLeaves(MimePart root, RecordingSink sink) {
    List<MimePart> leaves = new ArrayList<>();
    collect(root, leaves);
    int next = 0;
    for (RecordingSink.Leaf told : sink.leaves) {
      // A multipart that turned out to have no parts is a leaf the sink was not told of.
      while (leaves.get(next).headerEnd() != told.info().offset()
          || leaves.get(next).bodyEnd() != told.end()
          || !leaves.get(next).mediaType().equals(told.info().mediaType())) {
        assertThat(leaves.get(next).mediaType()).isEqualTo("text/plain");
        next++;
      }
      MimePart leaf = leaves.get(next++);
      List<Integer> number = new ArrayList<>();
      for (String n : told.info().part().split("\\.", -1)) {
        number.add(Integer.valueOf(n));
      }
      assertThat(Sections.part(root, number)).containsSame(leaf);
    }
  }

  private static void collect(MimePart part, List<MimePart> leaves) {
    if (part.leaf()) {
      leaves.add(part);
    }
    part.children().forEach(child -> collect(child, leaves));
  }

  private static ReferenceParser.Node reference(MimePart part) {
    return new ReferenceParser.Node(
        part.mediaType(),
        part.transferEncoding(),
        (int) part.headerStart(),
        (int) part.headerEnd(),
        (int) part.bodyEnd(),
        (int) part.lines(),
        part.message(),
        part.children().stream().map(MimeFidelityTest::reference).toList());
  }

  private static String escaped(byte[] raw) {
    StringBuilder out = new StringBuilder();
    for (byte b : raw) {
      out.append(b > ' ' && b < 127 ? "" + (char) b : b == ' ' ? " " : "\\x%02x".formatted(b));
    }
    return out.toString();
  }

  private static List<String> flat(ReferenceParser.Node node) {
    List<String> out = new ArrayList<>();
    flatten(node, "", out);
    return out;
  }

  private static void flatten(ReferenceParser.Node node, String indent, List<String> out) {
    out.add(
        "%s%s%s %s %d %d %d, %d lines"
            .formatted(
                indent,
                node.mediaType(),
                node.message() ? "!" : "",
                node.transferEncoding(),
                node.headerStart(),
                node.headerEnd(),
                node.bodyEnd(),
                node.lines()));
    node.children().forEach(child -> flatten(child, indent + " ", out));
  }
}
