package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Shorthands of the tests. */
final class Parsing {
  /** A parse and what the sink was told. */
  record Outcome(ParsedMessage message, RecordingSink sink) {}

  private Parsing() {}

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String crlf(String text) {
    return text.replace("\n", "\r\n");
  }

  static Outcome run(MimeLimits limits, byte[] raw, int buffer) {
    RecordingSink sink = new RecordingSink();
    MimeParser parser = new MimeParser(limits, sink);
    for (int at = 0; at < raw.length; at += buffer) {
      parser.write(ByteBuffer.wrap(raw, at, Math.min(buffer, raw.length - at)));
    }
    return new Outcome(parser.finish(), sink);
  }

  static ParsedMessage parse(byte[] raw) {
    return run(MimeLimits.standard(), raw, Math.max(1, raw.length)).message();
  }

  static ParsedMessage parse(String text) {
    return parse(octets(crlf(text)));
  }
}
