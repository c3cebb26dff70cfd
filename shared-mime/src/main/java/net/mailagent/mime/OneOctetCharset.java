package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Map;

/**
 * Charsets of one octet a character that mail is written in and the platform does not have. For
 * reading only. Any thread; a decoder is confined to one.
 */
final class OneOctetCharset extends ReadOnlyCharset {
  /** Latin alphabet No. 6, the Nordic languages. */
  static final ReadOnlyCharset LATIN_6 =
      new OneOctetCharset(
          "ISO-8859-10",
          new String[] {"latin6", "l6", "iso_8859-10:1992", "iso-ir-157", "csisolatin6"},
          "\u00a0\u0104\u0112\u0122\u012a\u0128\u0136\u00a7\u013b\u0110\u0160\u0166"
              + "\u017d\u00ad\u016a\u014a\u00b0\u0105\u0113\u0123\u012b\u0129\u0137\u00b7"
              + "\u013c\u0111\u0161\u0167\u017e\u2015\u016b\u014b\u0100\u00c1\u00c2\u00c3"
              + "\u00c4\u00c5\u00c6\u012e\u010c\u00c9\u0118\u00cb\u0116\u00cd\u00ce\u00cf"
              + "\u00d0\u0145\u014c\u00d3\u00d4\u00d5\u00d6\u0168\u00d8\u0172\u00da\u00db"
              + "\u00dc\u00dd\u00de\u00df\u0101\u00e1\u00e2\u00e3\u00e4\u00e5\u00e6\u012f"
              + "\u010d\u00e9\u0119\u00eb\u0117\u00ed\u00ee\u00ef\u00f0\u0146\u014d\u00f3"
              + "\u00f4\u00f5\u00f6\u0169\u00f8\u0173\u00fa\u00fb\u00fc\u00fd\u00fe\u0138",
          Map.of());

  /** Latin alphabet No. 8, the Celtic languages. */
  static final ReadOnlyCharset LATIN_8 =
      new OneOctetCharset(
          "ISO-8859-14",
          new String[] {"latin8", "l8", "iso_8859-14:1998", "iso-ir-199", "iso-celtic"},
          "\u00a0\u1e02\u1e03\u00a3\u010a\u010b\u1e0a\u00a7\u1e80\u00a9\u1e82\u1e0b"
              + "\u1ef2\u00ad\u00ae\u0178\u1e1e\u1e1f\u0120\u0121\u1e40\u1e41\u00b6\u1e56"
              + "\u1e81\u1e57\u1e83\u1e60\u1ef3\u1e84\u1e85\u1e61\u00c0\u00c1\u00c2\u00c3"
              + "\u00c4\u00c5\u00c6\u00c7\u00c8\u00c9\u00ca\u00cb\u00cc\u00cd\u00ce\u00cf"
              + "\u0174\u00d1\u00d2\u00d3\u00d4\u00d5\u00d6\u1e6a\u00d8\u00d9\u00da\u00db"
              + "\u00dc\u00dd\u0176\u00df\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u00e6\u00e7"
              + "\u00e8\u00e9\u00ea\u00eb\u00ec\u00ed\u00ee\u00ef\u0175\u00f1\u00f2\u00f3"
              + "\u00f4\u00f5\u00f6\u1e6b\u00f8\u00f9\u00fa\u00fb\u00fc\u00fd\u0177\u00ff",
          Map.of());

  /** Vietnamese (RFC 1456): six of its letters stand where ASCII has controls. */
  static final ReadOnlyCharset VISCII =
      new OneOctetCharset(
          "VISCII",
          new String[] {"csviscii", "viscii1.1-1"},
          "\u1ea0\u1eae\u1eb0\u1eb6\u1ea4\u1ea6\u1ea8\u1eac\u1ebc\u1eb8\u1ebe\u1ec0"
              + "\u1ec2\u1ec4\u1ec6\u1ed0\u1ed2\u1ed4\u1ed6\u1ed8\u1ee2\u1eda\u1edc\u1ede"
              + "\u1eca\u1ece\u1ecc\u1ec8\u1ee6\u0168\u1ee4\u1ef2\u00d5\u1eaf\u1eb1\u1eb7"
              + "\u1ea5\u1ea7\u1ea9\u1ead\u1ebd\u1eb9\u1ebf\u1ec1\u1ec3\u1ec5\u1ec7\u1ed1"
              + "\u1ed3\u1ed5\u1ed7\u1ee0\u01a0\u1ed9\u1edd\u1edf\u1ecb\u1ef0\u1ee8\u1eea"
              + "\u1eec\u01a1\u1edb\u01af\u00c0\u00c1\u00c2\u00c3\u1ea2\u0102\u1eb3\u1eb5"
              + "\u00c8\u00c9\u00ca\u1eba\u00cc\u00cd\u0128\u1ef3\u0110\u1ee9\u00d2\u00d3"
              + "\u00d4\u1ea1\u1ef7\u1eeb\u1eed\u00d9\u00da\u1ef9\u1ef5\u00dd\u1ee1\u01b0"
              + "\u00e0\u00e1\u00e2\u00e3\u1ea3\u0103\u1eef\u1eab\u00e8\u00e9\u00ea\u1ebb"
              + "\u00ec\u00ed\u0129\u1ec9\u0111\u1ef1\u00f2\u00f3\u00f4\u00f5\u1ecf\u1ecd"
              + "\u1ee5\u00f9\u00fa\u0169\u1ee7\u00fd\u1ee3\u1eee",
          Map.of(
              0x02, '\u1eb2', 0x05, '\u1eb4', 0x06, '\u1eaa', 0x14, '\u1ef6', 0x19, '\u1ef8', 0x1e,
              '\u1ef4'));

  private final char[] characters = new char[256];

  /**
   * @param top the last characters, up to octet 255; those before mean what they do in Latin-1
   * @param others octets below them that mean something else
   */
  private OneOctetCharset(
      String name, String[] aliases, String top, Map<Integer, Character> others) {
    super(name, aliases);
    for (int octet = 0; octet < characters.length; octet++) {
      int place = octet - (characters.length - top.length());
      characters[octet] = place < 0 ? (char) octet : top.charAt(place);
    }
    others.forEach((octet, character) -> characters[octet] = character);
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new CharsetDecoder(this, 1, 1) {
      @Override
      protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
        while (in.hasRemaining()) {
          if (!out.hasRemaining()) {
            return CoderResult.OVERFLOW;
          }
          out.put(characters[in.get() & 0xff]);
        }
        return CoderResult.UNDERFLOW;
      }
    };
  }
}
