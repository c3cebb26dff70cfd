package net.mailagent.model.journal;

import net.mailagent.model.UidSet;

/** Uid sets as bytes: ranges as distances, two bytes for most. Pure. */
public final class UidRanges {
  private UidRanges() {}

  public static byte[] encode(UidSet uids) {
    Bytes.Writer out = new Bytes.Writer(4 * uids.rangeCount());
    int before = 0;
    for (int i = 0; i < uids.rangeCount(); i++) {
      out.unsigned(uids.rangeFirst(i) - before);
      out.unsigned(uids.rangeLast(i) - uids.rangeFirst(i));
      before = uids.rangeLast(i);
    }
    return out.toBytes();
  }

  /**
   * @throws IllegalArgumentException if {@link #encode} did not write it
   */
  public static UidSet decode(byte[] bytes) {
    UidSet.Builder uids = new UidSet.Builder();
    Bytes.Reader in = new Bytes.Reader(bytes);
    long before = 0;
    while (!in.atEnd()) {
      long first = before + in.unsigned();
      long last = first + in.unsigned();
      if (first <= before || last < first || last > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("not a set of uids");
      }
      uids.addRange((int) first, (int) last);
      before = last;
    }
    return uids.build();
  }
}
