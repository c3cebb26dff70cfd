package net.mailagent.mime;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;

/** A charset that mail is written in and the platform does not have. For reading only. */
abstract class ReadOnlyCharset extends Charset {
  ReadOnlyCharset(String name, String... aliases) {
    super(name, aliases);
  }

  @Override
  public boolean contains(Charset other) {
    return other.equals(this);
  }

  @Override
  public boolean canEncode() {
    return false;
  }

  @Override
  public CharsetEncoder newEncoder() {
    throw new UnsupportedOperationException(name() + " is not written");
  }
}
