package net.mailagent.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Charsets as mail names them. All names are known beforehand: asking the platform for one that
 * does not exist searches its providers each time, which a sender could ask for a million times.
 * Any thread.
 */
final class Charsets {
  /** What octets mean that are neither labelled nor UTF-8. */
  static final Charset FALLBACK = Charset.forName("windows-1252");

  private static final int[] DOS_PAGES = {
    437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874
  };

  /** What the platform does not have. */
  private static final List<ReadOnlyCharset> OURS =
      List.of(
          Utf7.CHARSET,
          HzCharset.CHARSET,
          OneOctetCharset.LATIN_6,
          OneOctetCharset.LATIN_8,
          OneOctetCharset.VISCII);

  /** Names seen in mail, and the nearest that the platform knows. */
  private static final Map<String, String> OTHERS =
      Map.<String, String>ofEntries(
          Map.entry("ansi_x3.110-1983", "windows-1252"), // named so by gateways, never used
          Map.entry("ansi", "windows-1252"),
          Map.entry("x-ansi", "windows-1252"),
          Map.entry("iso-8859-1-windows-3.1-latin-1", "windows-1252"),
          Map.entry("latin-1", "windows-1252"),
          Map.entry("latin-2", "iso-8859-2"),
          Map.entry("iso-8859-6-i", "iso-8859-6"), // the order of characters is no matter here
          Map.entry("iso-8859-6-e", "iso-8859-6"),
          Map.entry("iso-8859-8-i", "iso-8859-8"),
          Map.entry("iso-8859-8-e", "iso-8859-8"),
          Map.entry("logical", "iso-8859-8"),
          Map.entry("visual", "iso-8859-8"),
          Map.entry("koi8-ru", "koi8-u"),
          Map.entry("koi8r", "koi8-r"),
          Map.entry("koi8u", "koi8-u"),
          Map.entry("x-mac-roman", "x-macroman"),
          Map.entry("x-mac", "x-macroman"),
          Map.entry("mac", "x-macroman"),
          Map.entry("macintosh", "x-macroman"),
          Map.entry("x-mac-ce", "x-maccentraleurope"),
          Map.entry("x-mac-centraleurroman", "x-maccentraleurope"),
          Map.entry("x-mac-cyrillic", "x-maccyrillic"),
          Map.entry("x-mac-ukrainian", "x-macukraine"),
          Map.entry("x-mac-greek", "x-macgreek"),
          Map.entry("x-mac-turkish", "x-macturkish"),
          Map.entry("x-mac-hebrew", "x-machebrew"),
          Map.entry("x-mac-arabic", "x-macarabic"),
          Map.entry("x-mac-icelandic", "x-maciceland"),
          Map.entry("x-mac-croatian", "x-maccroatian"),
          Map.entry("x-mac-romanian", "x-macromania"),
          Map.entry("x-mac-thai", "x-macthai"),
          Map.entry("x-mac-japanese", "windows-31j"),
          Map.entry("x-mac-korean", "x-windows-949"),
          Map.entry("x-mac-chinesetrad", "big5"),
          Map.entry("x-mac-chinesesimp", "gb18030"),
          Map.entry("gb_2312-80", "gb18030"),
          Map.entry("gb_2312", "gb18030"),
          Map.entry("x-gbk", "gb18030"),
          Map.entry("chinese", "gb18030"),
          Map.entry("x-x-big5", "big5"),
          Map.entry("x-big5", "big5"),
          Map.entry("cn-big5", "big5"),
          Map.entry("ks_c_5601", "x-windows-949"),
          Map.entry("ks_c_5601-1989", "x-windows-949"),
          Map.entry("korean", "x-windows-949"),
          Map.entry("uhc", "x-windows-949"),
          Map.entry("x-euc", "euc-jp"),
          Map.entry("iso-2022-jp-1", "iso-2022-jp-2"),
          Map.entry("iso-2022-jp-3", "iso-2022-jp-2"),
          Map.entry("iso-2022-jp-ms", "x-windows-iso2022jp"),
          Map.entry("x-unicode20utf8", "utf-8"),
          Map.entry("_utf-8", "utf-8"),
          Map.entry("csutf8", "utf-8"),
          Map.entry("cp65001", "utf-8"),
          Map.entry("ucs-2", "utf-16"),
          Map.entry("x-iso-10646-ucs-2-be", "utf-16be"),
          Map.entry("x-iso-10646-ucs-2-le", "utf-16le"));

  private static final Map<String, Charset> BY_NAME = byName();

  private Charsets() {}

  private static void put(Map<String, Charset> names, String name, @Nullable Charset charset) {
    if (charset != null) {
      names.putIfAbsent(name, charset);
    }
  }

  private static Map<String, Charset> byName() {
    Map<String, Charset> names = new HashMap<>();
    for (Charset charset : Charset.availableCharsets().values()) {
      charset.aliases().forEach(alias -> names.putIfAbsent(lower(alias), charset));
    }
    for (Charset charset : Charset.availableCharsets().values()) {
      names.put(lower(charset.name()), charset);
    }
    for (Charset charset : OURS) {
      names.put(lower(charset.name()), charset);
      charset.aliases().forEach(alias -> names.put(alias, charset));
    }
    for (int page = 1250; page <= 1258; page++) {
      Charset windows = names.get("windows-" + page);
      for (String prefix :
          new String[] {"windows", "win", "win-", "cp-", "x-cp", "x-cp-", "ansi-"}) {
        put(names, prefix + page, windows);
      }
      put(names, "x-windows-" + page, windows);
    }
    for (int page : DOS_PAGES) {
      Charset dos = names.get("cp" + page);
      for (String prefix : new String[] {"cp-", "ibm-", "dos-", "dos", "x-cp", "oem", "oem-"}) {
        put(names, prefix + page, dos);
      }
    }
    for (int part = 1; part <= 16; part++) {
      Charset iso = names.get("iso-8859-" + part);
      for (String form : new String[] {"x-iso-8859-", "iso-8859", "iso-", "en_us.iso8859-"}) {
        put(names, form + part, iso);
      }
    }
    OTHERS.forEach((name, known) -> put(names, name, names.get(known)));
    // What mail calls Latin-1 and ASCII was often written on Windows; there it means a little more.
    names.put("iso-8859-1", FALLBACK);
    names.put("latin1", FALLBACK);
    names.put("gb2312", names.getOrDefault("gb18030", FALLBACK));
    names.put("ks_c_5601-1987", names.getOrDefault("x-windows-949", FALLBACK));
    return names;
  }

  /** The charset of that name, if this platform can decode it. */
  static Optional<Charset> find(String name) {
    return Optional.ofNullable(BY_NAME.get(lower(name.strip())));
  }

  /** Whether octets below 128 mean ASCII there wherever they stand, and no state is kept. */
  static boolean isAsciiInPlace(Charset charset) {
    String name = charset.name();
    return charset.equals(StandardCharsets.UTF_8)
        || charset.equals(StandardCharsets.US_ASCII)
        || name.startsWith("ISO-8859-")
        || name.startsWith("windows-125")
        || name.startsWith("KOI8-");
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
