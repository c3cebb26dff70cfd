package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import net.mailagent.model.ByteSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the decoded text of a stored message again, to decide what the words of {@link
 * MessageFacts} cannot: SEARCH BODY and TEXT by substring. It reads what the words were made of:
 * all text parts, the addresses and subjects of embedded messages, the names of attachments; in
 * memory is only the piece at hand. One thread at a time.
 */
public final class TextExtractor {
  /** Characters of text that are normalised at a time. */
  private static final int WINDOW = 4_096;

  private final MimePart root;
  private final RangeReader octets;
  private final int maxField;

  /**
   * @param root the tree, shifted to fit the reader
   * @param octets opens octets of the message
   * @param limits of which the longest header field counts
   */
  public TextExtractor(MimePart root, RangeReader octets, MimeLimits limits) {
    this.root = root;
    this.octets = octets;
    this.maxField = limits.maxField();
  }

  /** The text, cut at {@code limit} characters; parts are separated by line feeds. */
  public String text(int limit) {
    StringBuilder out = new StringBuilder();
    read(piece -> {
      out.append(piece, 0, Math.min(piece.length(), limit - out.length()));
      return out.length() < limit;
    });
    return out.toString();
  }

  /** Whether the text contains a needle that went through {@link Normalized#forSearch}. */
  public boolean contains(String normalizedNeedle) {
    if (normalizedNeedle.isEmpty()) {
      return true;
    }
    NeedleFinder needle = new NeedleFinder(normalizedNeedle, WINDOW);
    read(piece -> !needle.found(piece));
    return needle.foundAtEnd();
  }

  /**
   * Passes the decoded text on piece by piece until the reader has enough (returns false). A line
   * feed stands between parts.
   */
  public void read(Predicate<String> reader) {
    read(root, reader, false);
  }

  private boolean read(MimePart part, Predicate<String> reader, boolean embedded) {
    boolean more = true;
    if (embedded) {
      more = header(part, reader);
    }
    if (more && !part.fileName().isEmpty()) {
      more = reader.test(part.fileName() + "\n");
    }
    if (more && part.leaf() && part.text()) {
      more = body(part, reader);
    }
    for (MimePart child : part.children()) {
      if (!more) {
        return false;
      }
      more = read(child, reader, part.message());
    }
    return more;
  }

  /** Remembers when a reader has enough. */
  private static final class Tap implements TextPipe.Reader {
    private final Predicate<String> reader;
    private boolean open = true;

    Tap(Predicate<String> reader) {
      this.reader = reader;
    }

    @Override
    public void text(char[] chars, int from, int to) {
      accept(new String(chars, from, to - from));
    }

    void accept(String piece) {
      open = open && reader.test(piece);
    }
  }

  private boolean body(MimePart part, Predicate<String> reader) {
    Tap tap = new Tap(reader);
    TextPipe pipe = TextPipe.of(part, Long.MAX_VALUE, tap);
    try (ByteSource source = octets.open(part.headerEnd(), part.bodyEnd())) {
      @Nullable ByteBuffer block = source.next();
      while (tap.open && block != null) {
        pipe.write(block);
        block = source.next();
      }
    }
    if (tap.open) {
      pipe.end();
      tap.accept("\n");
    }
    return tap.open;
  }

  private boolean header(MimePart part, Predicate<String> reader) {
    Tap tap = new Tap(reader);
    HeaderBlock block = new HeaderBlock(maxField);
    HeaderBlock.Reader fields =
        (name, raw, from, to, cut) -> {
          if (HeaderText.isSearchedInEmbedded(name)) {
            tap.accept(HeaderText.decode(HeaderText.unfold(raw, from, to)) + "\n");
          }
        };
    try (ByteSource source = octets.open(part.headerStart(), part.headerEnd())) {
      boolean lineStart = true;
      ByteBuffer octets = source.next();
      while (tap.open && octets != null) {
        int pos = octets.position();
        while (pos < octets.limit()) {
          byte first = octets.get(pos);
          if (lineStart && first != ' ' && first != '\t') {
            block.end(fields);
          }
          int end = pos;
          do {
            lineStart = octets.get(end++) == '\n';
          } while (!lineStart && end < octets.limit());
          block.add(octets, pos, end);
          pos = end;
        }
        octets = source.next();
      }
    }
    if (tap.open) {
      block.end(fields);
    }
    return tap.open;
  }
}
