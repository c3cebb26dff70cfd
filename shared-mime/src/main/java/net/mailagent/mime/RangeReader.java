package net.mailagent.mime;

import net.mailagent.model.ByteSource;

/** Opens octets of one raw message. */
@FunctionalInterface
public interface RangeReader {
  /** The octets [start, end); the caller closes the source. */
  ByteSource open(long start, long end);
}
