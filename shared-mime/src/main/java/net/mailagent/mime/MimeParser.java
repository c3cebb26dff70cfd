package net.mailagent.mime;

import java.nio.ByteBuffer;

/**
 * Push parser: fed network buffers of any size, one pass, memory bounded by the limits, never by
 * the message. Any octets are a message; nothing throws but the sink. One thread at a time.
 */
public final class MimeParser {
  public MimeParser(MimeLimits limits, MimeSink sink) {}

  /** Takes all remaining octets; the buffer may be reused afterwards. */
  public void write(ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  /** Ends the message; once. */
  public ParsedMessage finish() {
    throw new UnsupportedOperationException();
  }
}
