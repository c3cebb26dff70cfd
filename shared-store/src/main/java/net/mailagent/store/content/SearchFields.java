package net.mailagent.store.content;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.mailagent.mime.HeaderField;
import net.mailagent.mime.LeafInfo;
import net.mailagent.mime.MessageFacts;
import net.mailagent.mime.MimeLimits;
import net.mailagent.mime.MimeParser;
import net.mailagent.mime.MimeSink;
import net.mailagent.mime.Normalized;
import net.mailagent.model.ByteSource;
import org.bson.BsonString;

/**
 * How header fields are stored for SEARCH: "name: value", the name in lower case, the value decoded
 * and normalised, one line each. Needles go through the same functions. Any thread.
 */
public final class SearchFields {
  /** Stands among the stored message ids of a message that has more than are stored. */
  public static final String MORE_IDS = "*";

  /** Characters of a message id that is stored as one; a longer one is found in the header only. */
  public static final int MAX_ID = 1_000;

  private static final byte[] BLANK_LINE = {'\r', '\n'};

  private SearchFields() {}

  static List<BsonString> headers(List<HeaderField> fields) {
    return fields.stream().map(SearchFields::line).map(BsonString::new).toList();
  }

  /** A string that every engine takes: half a surrogate pair is replaced. */
  static BsonString string(String text) {
    return new BsonString(Normalized.wellFormed(text));
  }

  /** A field as it is stored. */
  public static String line(HeaderField field) {
    return name(field.name()) + ": " + Normalized.forSearch(field.value());
  }

  /** A field name as it is stored. */
  public static String name(String name) {
    return name.toLowerCase(java.util.Locale.ROOT);
  }

  /** The fields of a short header block, such as the trace header of a delivery. */
  static List<BsonString> headersOf(byte[] block) {
    MimeParser parser = new MimeParser(MimeLimits.standard(), Ignore.SINK);
    parser.write(ByteBuffer.wrap(block));
    parser.write(ByteBuffer.wrap(BLANK_LINE));
    return headers(parser.finish().facts().headers());
  }

  /** What a header block of any length says. */
  public static MessageFacts facts(ByteSource block, MimeLimits limits) {
    MimeParser parser = new MimeParser(limits, Ignore.SINK);
    try (block) {
      for (ByteBuffer octets = block.next(); octets != null; octets = block.next()) {
        parser.write(octets);
      }
    }
    return parser.finish().facts();
  }

  /**
   * What stands between angle brackets in a text, brackets included, normalised. A needle of that
   * form is a substring of the text exactly when it is one of these.
   */
  public static List<String> messageIds(String text) {
    List<String> ids = new ArrayList<>();
    String normal = Normalized.forSearch(text);
    int open = -1;
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      if (c == '<') {
        open = i;
      } else if (c == '>' && open >= 0) {
        ids.add(normal.substring(open, i + 1));
        open = -1;
      }
    }
    return ids;
  }

  private enum Ignore implements MimeSink {
    SINK;

    @Override
    public void bytes(ByteBuffer slice) {}

    @Override
    public void bodyStart(LeafInfo leaf) {}

    @Override
    public void body(ByteBuffer slice) {}

    @Override
    public void bodyEnd() {}
  }
}
