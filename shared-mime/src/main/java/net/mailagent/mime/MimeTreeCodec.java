package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The compact, versioned binary form of a MIME tree, for one field of a document. Offsets are
 * differences, texts that repeat are written once. Any thread.
 */
public final class MimeTreeCodec {
  private static final int VERSION = 1;

  /**
   * Levels a form may claim to have; bounds the recursion whatever the limits of the parse were.
   */
  private static final int MAX_DEPTH = 1_000;

  private MimeTreeCodec() {}

  /** The binary form; {@link #decode} gives an equal tree. */
  public static byte[] encode(MimePart root) {
    Writer writer = new Writer();
    writer.out.write(VERSION);
    writer.part(root, 0);
    return writer.out.toByteArray();
  }

  /**
   * The tree of a binary form.
   *
   * @throws IllegalArgumentException when it is damaged or of an unknown version
   */
  public static MimePart decode(byte[] encoded) {
    if (encoded.length == 0 || encoded[0] != VERSION) {
      throw new IllegalArgumentException("not a MIME tree of version " + VERSION);
    }
    Reader reader = new Reader(encoded);
    MimePart root = reader.part(0, 1);
    if (reader.pos != encoded.length) {
      throw damaged();
    }
    return root;
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("damaged MIME tree");
  }

  private static final class Writer {
    final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    private final Map<String, Integer> texts = new HashMap<>();

    void part(MimePart part, long from) {
      text(part.mediaType());
      number(part.parameters().size());
      for (Param param : part.parameters()) {
        text(param.name());
        text(param.value());
      }
      text(part.transferEncoding());
      text(part.disposition());
      text(part.fileName());
      text(part.contentId());
      number(part.headerStart() - from);
      number(part.headerEnd() - part.headerStart());
      number(part.bodyEnd() - part.headerEnd());
      number(part.lines());
      number(((long) part.children().size() << 1) | (part.message() ? 1 : 0));
      long at = part.headerEnd();
      for (MimePart child : part.children()) {
        part(child, at);
        at = child.bodyEnd();
      }
    }

    /** The number of a text already written, or 0 and the text. */
    private void text(String text) {
      Integer known = texts.get(text);
      if (known != null) {
        number(known);
        return;
      }
      texts.put(text, texts.size() + 1);
      number(0);
      byte[] octets = text.getBytes(StandardCharsets.UTF_8);
      number(octets.length);
      out.writeBytes(octets);
    }

    private void number(long value) {
      if (value < 0) {
        throw new IllegalArgumentException("ranges that do not nest");
      }
      long rest = value;
      while (rest > 127) {
        out.write((int) ((rest & 127) | 128));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }

  private static final class Reader {
    private final byte[] in;
    private final List<String> texts = new ArrayList<>();
    private int pos = 1;

    Reader(byte[] in) {
      this.in = in;
    }

    MimePart part(long from, int depth) {
      if (depth > MAX_DEPTH) {
        throw damaged();
      }
      String mediaType = text();
      int count = count(number());
      List<Param> parameters = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        parameters.add(new Param(text(), text()));
      }
      String transferEncoding = text();
      String disposition = text();
      String fileName = text();
      String contentId = text();
      long headerStart = from + number();
      long headerEnd = headerStart + number();
      long bodyEnd = headerEnd + number();
      long lines = number();
      long shape = number();
      int size = count(shape >>> 1);
      List<MimePart> children = new ArrayList<>(size);
      long at = headerEnd;
      for (int i = 0; i < size; i++) {
        MimePart child = part(at, depth + 1);
        children.add(child);
        at = child.bodyEnd();
      }
      boolean message = (shape & 1) != 0;
      if (message && size != 1) {
        throw damaged();
      }
      return new MimePart(
          mediaType,
          parameters,
          transferEncoding,
          disposition,
          fileName,
          contentId,
          headerStart,
          headerEnd,
          bodyEnd,
          lines,
          message,
          children);
    }

    private String text() {
      long known = number();
      if (known > texts.size()) {
        throw damaged();
      }
      if (known > 0) {
        return texts.get((int) known - 1);
      }
      int length = count(number());
      String text = new String(in, pos, length, StandardCharsets.UTF_8);
      pos += length;
      texts.add(text);
      return text;
    }

    /** A count of things of at least an octet each cannot exceed what is left. */
    private int count(long number) {
      if (number > in.length - pos) {
        throw damaged();
      }
      return (int) number;
    }

    private long number() {
      long value = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        if (pos >= in.length) {
          throw damaged();
        }
        byte b = in[pos++];
        value |= (long) (b & 127) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw damaged();
    }
  }
}
