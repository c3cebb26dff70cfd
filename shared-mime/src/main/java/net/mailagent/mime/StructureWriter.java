package net.mailagent.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * BODY and BODYSTRUCTURE (RFC 9051 section 7.5.2), side by side: what both have is made once and
 * copied. Confined to one thread.
 */
final class StructureWriter {
  private static final List<Param> US_ASCII = List.of(new Param("CHARSET", "US-ASCII"));
  private static final String EMPTY_TEXT =
      "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 0 0";

  /** BODY, which has no extension data. */
  private final ImapText body;

  /** BODYSTRUCTURE. */
  private final ImapText out;

  private final int limit;

  /** Octets of BODYSTRUCTURE that BODY has, too, or shall not have. */
  private int copied;

  /**
   * @param limit octets written from which on no more addresses are listed
   */
  StructureWriter(ImapText body, ImapText structure, int limit) {
    this.body = body;
    this.out = structure;
    this.limit = limit;
  }

  void write(OpenPart part) {
    part(part);
    copy();
  }

  private void part(OpenPart part) {
    out.raw("(");
    switch (part.kind) {
      case MULTIPART -> multipart(part);
      case MESSAGE -> {
        fields(part);
        out.raw(" ");
        OpenPart root = part.children.getFirst();
        new EnvelopeWriter(out, limit).write(root.header);
        out.raw(" ");
        part(root);
        out.raw(" ").number(part.lines);
        extension(part, true);
      }
      case LEAF -> {
        fields(part);
        if (part.mediaType.startsWith("text/")) {
          out.raw(" ").number(part.lines);
        } else if (ContentType.isMessage(part.mediaType)) {
          // An encoded message: the grammar wants an envelope and a body, and there is none to
          // show.
          out.raw(" ").raw(EnvelopeWriter.EMPTY).raw(" ").raw(EMPTY_TEXT);
          copy();
          out.raw(" NIL NIL NIL NIL");
          skip();
          out.raw(") ").number(part.lines);
        }
        extension(part, true);
      }
    }
    out.raw(")");
  }

  /** Copies to BODY what was written since. */
  private void copy() {
    body.raw(out, copied);
    copied = out.size();
  }

  /** Keeps what was written since from BODY. */
  private void skip() {
    copied = out.size();
  }

  private void multipart(OpenPart part) {
    part.children.forEach(this::part);
    ContentType type = part.header.contentType();
    out.raw(" ").string(type.subtype());
    copy();
    out.raw(" ");
    parameters(Rfc2231.join(type.raw()));
    skip();
    extension(part, false);
  }

  /** body-type-1part up to its octets. */
  private void fields(OpenPart part) {
    PartHeader header = part.header;
    if (part.opaque) {
      int slash = part.mediaType.indexOf('/');
      out.string(part.mediaType.substring(0, slash).toUpperCase(Locale.ROOT)).raw(" ");
      out.string(part.mediaType.substring(slash + 1).toUpperCase(Locale.ROOT)).raw(" ");
      parameters(part.mediaType.startsWith("text/") ? US_ASCII : List.of());
      out.raw(" NIL NIL ").string(part.transferEncoding.toUpperCase(Locale.ROOT));
    } else {
      ContentType type = header.contentType();
      out.string(type.type()).raw(" ").string(type.subtype()).raw(" ");
      parameters(withCharset(part.mediaType, Rfc2231.join(type.raw())));
      out.raw(" ").nstring(header.value("content-id").orElse(null));
      out.raw(" ").nstring(header.value("content-description").orElse(null));
      out.raw(" ").string(header.sentEncoding().orElse("7BIT"));
    }
    out.raw(" ").number(part.bodyEnd - part.headerEnd);
  }

  /** Text without a charset is US-ASCII (RFC 2045 section 5.2), and is shown to be. */
  private static List<Param> withCharset(String mediaType, List<Param> parameters) {
    if (!mediaType.startsWith("text/")) {
      return parameters;
    }
    for (Param parameter : parameters) {
      if (parameter.name().regionMatches(true, 0, "charset", 0, 7)) {
        return parameters;
      }
    }
    List<Param> all = new ArrayList<>(parameters);
    all.addAll(US_ASCII);
    return all;
  }

  private void extension(OpenPart part, boolean md5) {
    copy();
    if (part.opaque) {
      out.raw(md5 ? " NIL NIL NIL NIL" : " NIL NIL NIL");
    } else {
      extension(part.header, md5);
    }
    skip();
  }

  private void extension(PartHeader header, boolean md5) {
    if (md5) {
      out.raw(" ").nstring(header.value("content-md5").orElse(null));
    }
    out.raw(" ");
    disposition(header.value("content-disposition").orElse(null));
    out.raw(" ");
    language(header.value("content-language").orElse(""));
    out.raw(" ").nstring(header.value("content-location").orElse(null));
  }

  private void disposition(@Nullable String field) {
    Parameters.Parsed disposition = field == null ? null : Parameters.parse(field);
    if (disposition == null || disposition.value().isEmpty()) {
      out.raw("NIL");
      return;
    }
    out.raw("(").string(disposition.value()).raw(" ");
    parameters(Rfc2231.join(disposition.parameters()));
    out.raw(")");
  }

  private void language(String field) {
    List<String> tags = new ArrayList<>();
    for (String tag : field.split(",", -1)) {
      if (!tag.isBlank()) {
        tags.add(tag.strip());
      }
    }
    if (tags.isEmpty()) {
      out.raw("NIL");
      return;
    }
    String before = "(";
    for (String tag : tags) {
      out.raw(before).string(tag);
      before = " ";
    }
    out.raw(")");
  }

  private void parameters(List<Param> parameters) {
    if (parameters.isEmpty()) {
      out.raw("NIL");
      return;
    }
    String before = "(";
    for (Param parameter : parameters) {
      out.raw(before).string(parameter.name()).raw(" ").string(parameter.value());
      before = " ";
    }
    out.raw(")");
  }
}
