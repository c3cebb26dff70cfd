package net.mailagent.mime;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the message as they open and end, and who is told of it: what {@link MimeParser}
 * finds becomes the tree here. Confined to one parser.
 */
final class PartTree implements HeaderBlock.Reader {
  enum State {
    /** In a header block. */
    HEADER,
    /** In the body of a leaf, in a preamble or an epilogue. */
    BODY,
    /** In an opaque part that only the end of the message ends. */
    REST
  }

  private final MimeLimits limits;
  private final Delimiters delimiters;
  private final MimeSink sink;
  private final PartHeader.Budget budget;
  private final FactsReader facts;
  private final OpenPart root;
  private OpenPart current;
  private int parts = 1;
  private State state = State.HEADER;

  /** The leaf whose body is being read; null in headers, preambles and epilogues. */
  private @Nullable OpenPart leaf;

  PartTree(MimeLimits limits, Delimiters delimiters, MimeSink sink) {
    this.limits = limits;
    this.delimiters = delimiters;
    this.sink = sink;
    this.budget = new PartHeader.Budget(limits.maxStructure());
    this.facts = new FactsReader(limits);
    this.root = new OpenPart(null, 0, new PartHeader(true, ContentType.DEFAULT, budget));
    this.current = root;
  }

  State state() {
    return state;
  }

  /** Where the header being read begins. */
  long headerStart() {
    return current.headerStart;
  }

  /** The next octets, in order. */
  void octets(ByteBuffer slice) {
    if (leaf == null) {
      sink.bytes(slice);
    } else {
      facts.body(slice);
      sink.body(slice);
    }
  }

  @Override
  public void field(String name, byte[] raw, int from, int to, boolean cut) {
    current.header.field(name, raw, from, to, cut);
    if (current == root) {
      facts.field(name, raw, from, to, cut);
    } else if (current.messageRoot()) {
      facts.embeddedField(name, raw, from, to, cut);
    }
  }

  /** The header of the current part is longer than allowed: it ends, the rest is one leaf. */
  void headerTooLong(long at, long feeds) {
    current.bodyBegins(at, feeds);
    current.header.settle();
    opaque(current);
    state = State.REST;
    startLeaf(current);
  }

  /** The header of the current part is complete; what follows is its body. */
  void headerEnds(long at, long feeds) {
    OpenPart part = current;
    part.bodyBegins(at, feeds);
    state = State.BODY;
    ContentType type = part.header.contentType();
    part.mediaType = type.mediaType();
    part.transferEncoding = part.header.transferEncoding();
    boolean deep = part.depth >= limits.maxDepth();
    if (part.mediaType.startsWith("multipart/")) {
      String boundary = type.boundary().orElse(null);
      if (boundary == null || boundary.length() > limits.maxBoundary()) {
        asText(part);
        startLeaf(part);
      } else if (deep) {
        opaque(part);
        startLeaf(part);
      } else {
        part.kind = OpenPart.Kind.MULTIPART;
        delimiters.open(part, boundary);
      }
    } else if (isMessage(part)) {
      // One node is kept back for the rest of the message.
      if (deep || parts + 1 >= limits.maxParts()) {
        opaque(part);
        startLeaf(part);
      } else {
        part.kind = OpenPart.Kind.MESSAGE;
        startPart(part, at, feeds);
      }
    } else {
      startLeaf(part);
    }
    part.header.settle();
  }

  private static boolean isMessage(OpenPart part) {
    // An encoded message is against RFC 2046 section 5.2.1: there are no octets to point into.
    return ContentType.isMessage(part.mediaType)
        && !TransferDecoding.isEncoded(part.transferEncoding);
  }

  /** A multipart that shows no parts is the text it shows. */
  private static void asText(OpenPart part) {
    part.kind = OpenPart.Kind.LEAF;
    part.mediaType = ContentType.TEXT_PLAIN;
    part.opaque = true;
  }

  private static void opaque(OpenPart part) {
    part.kind = OpenPart.Kind.LEAF;
    part.mediaType = ContentType.OPAQUE;
    part.opaque = true;
  }

  /** Goes on behind a boundary line, which ended at that offset. */
  void behindBoundary(Delimiters.Match match, long at, long feeds) {
    if (match.close()) {
      delimiters.close(match.multipart());
      state = State.BODY;
    } else {
      startPart(match.multipart(), at, feeds);
    }
  }

  /**
   * Ends all parts inside that one, or all there are.
   *
   * @param at offset of the boundary line, or of the end of the message
   * @param breakLength octets of the line break in front of it
   * @param feeds line feeds in front of it
   */
  void endParts(@Nullable OpenPart around, long at, int breakLength, long feeds) {
    if (leaf != null) {
      leaf = null;
      facts.endLeaf();
      sink.bodyEnd();
    }
    for (OpenPart part = current; part != null && part != around; part = part.parent) {
      part.bodyEnds(at - breakLength, at, feeds);
      if (part.kind == OpenPart.Kind.MULTIPART) {
        delimiters.close(part);
        if (part.children.isEmpty()) {
          asText(part);
          part.unannounced = true;
        }
      }
    }
    current = around == null ? root : around;
  }

  private void startPart(OpenPart parent, long at, long feeds) {
    boolean embedded = parent.kind == OpenPart.Kind.MESSAGE;
    boolean digest = parent.mediaType.equals("multipart/digest");
    ContentType unless = digest ? ContentType.IN_DIGEST : ContentType.DEFAULT;
    current = new OpenPart(parent, at, new PartHeader(embedded, unless, budget));
    parts++;
    state = State.HEADER;
    if (!embedded && parts >= limits.maxParts()) {
      current.bodyBegins(at, feeds);
      opaque(current);
      state = State.REST;
      startLeaf(current);
    }
  }

  private void startLeaf(OpenPart part) {
    leaf = part;
    facts.startLeaf(part);
    sink.bodyStart(
        new LeafInfo(part.number(), part.mediaType, part.transferEncoding, part.headerEnd));
  }

  ParsedMessage outcome(long size) {
    ImapText body = new ImapText();
    ImapText structure = new ImapText();
    new StructureWriter(body, structure, addressLimit()).write(root);
    MimePart tree = root.toPart();
    return new ParsedMessage(
        size,
        tree,
        envelope(),
        body.toByteArray(),
        structure.toByteArray(),
        facts.finish(root, tree));
  }

  private byte[] envelope() {
    ImapText out = new ImapText();
    new EnvelopeWriter(out, addressLimit()).write(root.header);
    return out.toByteArray();
  }

  /** An address of two octets is shown in twenty: what is kept is bounded, so is what is shown. */
  private int addressLimit() {
    return (int) Math.min(Integer.MAX_VALUE / 4, 2L * limits.maxStructure());
  }
}
