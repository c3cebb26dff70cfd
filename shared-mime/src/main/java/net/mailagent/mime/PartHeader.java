package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one header block that the tree, ENVELOPE and BODYSTRUCTURE are made of, raw, as far
 * as the budget of the message goes. Confined to one parser.
 */
final class PartHeader implements HeaderBlock.Reader {
  static final String SEVEN_BIT = "7bit";

  private static final int MAX_NAME = 255;

  private static final Set<String> MIME_FIELDS =
      Set.of(
          "content-id",
          "content-description",
          "content-md5",
          "content-disposition",
          "content-language",
          "content-location");
  private static final Set<String> ADDRESS_FIELDS =
      Set.of("from", "sender", "reply-to", "to", "cc", "bcc");
  private static final Set<String> ENVELOPE_FIELDS =
      Set.of("date", "subject", "in-reply-to", "message-id");

  /** Octets of header fields that may still be kept, over all parts of a message. */
  static final class Budget {
    private int left;

    Budget(int octets) {
      this.left = octets;
    }

    /** How many of those octets may be kept. */
    private int take(int octets) {
      int taken = Math.min(left, octets);
      left -= taken;
      return taken;
    }
  }

  private final boolean envelope;
  private final ContentType unless;
  private final Budget budget;
  private final Map<String, String> fields = new HashMap<>(4);
  private final Map<String, ByteArrayOutputStream> addresses = new HashMap<>(0);
  private @Nullable ContentType contentType;
  private boolean parametersFit;
  private @Nullable String transferEncoding;
  private @Nullable String fileName;
  private @Nullable List<Param> parameters;

  /**
   * @param envelope whether this is the header of a message
   * @param unless the type of a part that has none
   */
  PartHeader(boolean envelope, ContentType unless, Budget budget) {
    this.envelope = envelope;
    this.unless = unless;
    this.budget = budget;
  }

  @Override
  public void field(String name, byte[] raw, int from, int to, boolean cut) {
    if (envelope && ADDRESS_FIELDS.contains(name)) {
      // Repeated fields read as one list, so that no reader sees another From than we do.
      ByteArrayOutputStream list =
          addresses.computeIfAbsent(name, n -> new ByteArrayOutputStream(to - from + 1));
      int n = budget.take(to - from);
      if (cut || n < to - from) {
        n = wholeAddresses(raw, from, n);
      }
      if (list.size() > 0 && n > 0) {
        list.write(',');
      }
      list.write(raw, from, n);
    } else if (name.equals("content-transfer-encoding")) {
      if (transferEncoding == null) {
        transferEncoding = bounded(Parameters.parse(HeaderText.unfold(raw, from, to)).value());
      }
    } else if (name.equals("content-type")) {
      if (contentType == null) {
        contentType = ContentType.parse(HeaderText.unfold(raw, from, to));
        parametersFit = !cut && budget.take(to - from) == to - from;
      }
    } else if (MIME_FIELDS.contains(name) || (envelope && ENVELOPE_FIELDS.contains(name))) {
      if (!fields.containsKey(name)) {
        int n = budget.take(to - from);
        // Half a parameter list would say something else than the sender did.
        if (n == to - from && !cut) {
          fields.put(name, HeaderText.unfold(raw, from, to));
        }
      }
    }
  }

  /** The unfolded value of a field, octets as characters 0 to 255; of several the first. */
  Optional<String> value(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /** The addresses of all fields of that name as one list, unfolded. */
  Optional<String> addresses(String name) {
    return Optional.ofNullable(addresses.get(name))
        .map(list -> HeaderText.unfold(list.toByteArray(), 0, list.size()));
  }

  /** The type of the part; without parameters when the budget did not hold them. */
  ContentType contentType() {
    return contentType == null ? unless : contentType;
  }

  /** Gives up what only the parser needed, when the header is complete and was acted upon. */
  void settle() {
    if (contentType != null && !parametersFit) {
      contentType = new ContentType(contentType.type(), contentType.subtype(), List.of());
      fileName = null;
      parameters = null;
    }
  }

  /** Content-Transfer-Encoding as sent, if it was. */
  Optional<String> sentEncoding() {
    return Optional.ofNullable(transferEncoding).filter(value -> !value.isEmpty());
  }

  /** Lower-case Content-Transfer-Encoding, "7bit" when there is none. */
  String transferEncoding() {
    return sentEncoding().map(value -> value.toLowerCase(Locale.ROOT)).orElse(SEVEN_BIT);
  }

  /** Lower-case type of Content-Disposition, else empty. */
  String disposition() {
    return value("content-disposition")
        .map(value -> bounded(Parameters.parse(value).value().toLowerCase(Locale.ROOT)))
        .orElse("");
  }

  /** Decoded file name of Content-Disposition or Content-Type, else empty; of a whole header. */
  String fileName() {
    if (fileName == null) {
      String disposition = fields.get("content-disposition");
      String name =
          disposition == null
              ? ""
              : named("filename", Rfc2231.decode(Parameters.parse(disposition).parameters()));
      if (name.isEmpty()) {
        name = named("name", parameters());
      }
      fileName = bounded(name.strip());
    }
    return fileName;
  }

  /** The parameters of the type, decoded; of a whole header. */
  List<Param> parameters() {
    if (parameters == null) {
      parameters = contentType().parameters();
    }
    return parameters;
  }

  private static String named(String name, List<Param> parameters) {
    for (Param parameter : parameters) {
      if (parameter.name().equals(name)) {
        return parameter.value();
      }
    }
    return "";
  }

  /** Content-ID without its angle brackets, else empty. */
  String contentId() {
    String id = value("content-id").orElse("").strip();
    if (id.startsWith("<") && id.endsWith(">")) {
      id = id.substring(1, id.length() - 1);
    }
    return bounded(id);
  }

  /** Half an address would be another one: what is cut off ends at a comma. */
  private static int wholeAddresses(byte[] raw, int from, int length) {
    int n = length;
    while (n > 0 && raw[from + n - 1] != ',') {
      n--;
    }
    return n;
  }

  private static String bounded(String text) {
    return HeaderText.cut(text, MAX_NAME);
  }
}
