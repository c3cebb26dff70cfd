package net.mailagent.imap.wire;

/** The character classes of the grammar (RFC 3501 section 9). Pure; any thread. */
final class Chars {
  private static final int ATOM = 1;
  private static final int ASTRING = 2;
  private static final int LIST = 4;
  private static final int TAG = 8;
  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c = 0x21; c < 0x7f; c++) {
      boolean atom = "(){%*\"\\]".indexOf(c) < 0;
      int classes = 0;
      if (atom) {
        classes |= ATOM;
      }
      if (atom || c == ']') {
        classes |= ASTRING;
        classes |= c == '+' ? 0 : TAG;
      }
      if (atom || c == ']' || c == '%' || c == '*') {
        classes |= LIST;
      }
      CLASSES[c] = (byte) classes;
    }
    // Octets above 127 belong to no class, but clients send names and passwords in raw UTF-8.
    for (int c = 0x80; c < 0x100; c++) {
      CLASSES[c] = ASTRING | LIST;
    }
  }

  private Chars() {}

  static boolean isAtom(int octet) {
    return (CLASSES[octet & 0xff] & ATOM) != 0;
  }

  static boolean isAstring(int octet) {
    return (CLASSES[octet & 0xff] & ASTRING) != 0;
  }

  static boolean isList(int octet) {
    return (CLASSES[octet & 0xff] & LIST) != 0;
  }

  static boolean isTag(int octet) {
    return (CLASSES[octet & 0xff] & TAG) != 0;
  }

  static boolean isDigit(int octet) {
    return octet >= '0' && octet <= '9';
  }
}
