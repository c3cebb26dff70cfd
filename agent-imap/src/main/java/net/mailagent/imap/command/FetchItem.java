package net.mailagent.imap.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.Section;

/** What FETCH asks for about each message (RFC 3501 section 6.4.5). */
public sealed interface FetchItem {
  /** An item without arguments, and the name it has in the response. */
  enum Plain implements FetchItem {
    ENVELOPE,
    FLAGS,
    INTERNALDATE,
    RFC822_SIZE,
    UID,
    MODSEQ,
    BODY,
    BODYSTRUCTURE,
    /** RFC 8474. */
    EMAILID,
    /** RFC 8474. */
    THREADID,
    /** RFC 8970. It is made at intake, so LAZY asks for nothing else. */
    PREVIEW
  }

  /**
   * Octets of the message.
   *
   * @param label how the response names them, such as {@code BODY[1.MIME]<0>} or {@code BINARY[1]}
   * @param peek whether \Seen is left alone
   * @param offset of the first octet wanted
   * @param length how many octets at most
   */
  record Content(String label, Section section, boolean peek, long offset, long length)
      implements FetchItem {
    /** Whether the transfer encoding is undone, so that there may be any octets (RFC 3516). */
    public boolean binary() {
      return section.text() instanceof Section.Text.Binary;
    }
  }

  /**
   * How many octets BINARY gives (RFC 3516).
   *
   * @param label such as {@code BINARY.SIZE[1.2]}
   */
  record BinarySize(String label, Section section) implements FetchItem {}

  /** How deep part numbers may go; no stored message nests deeper. */
  int MAX_DEPTH = 200;

  static FetchItem parse(Parser p) throws SyntaxError {
    String name = p.word("a fetch item");
    boolean bracket = p.isNext('[');
    return switch (name) {
      case "BODY" -> bracket ? section(p, false) : Plain.BODY;
      case "BODY.PEEK" -> section(p, true);
      case "BODYSTRUCTURE" -> Plain.BODYSTRUCTURE;
      case "BINARY" -> binary(p, false);
      case "BINARY.PEEK" -> binary(p, true);
      case "BINARY.SIZE" -> binarySize(p);
      case "EMAILID" -> Plain.EMAILID;
      case "ENVELOPE" -> Plain.ENVELOPE;
      case "FLAGS" -> Plain.FLAGS;
      case "INTERNALDATE" -> Plain.INTERNALDATE;
      case "MODSEQ" -> Plain.MODSEQ;
      case "PREVIEW" -> {
        p.takeText(" (LAZY)");
        yield Plain.PREVIEW;
      }
      case "THREADID" -> Plain.THREADID;
      case "UID" -> Plain.UID;
      case "RFC822.SIZE" -> Plain.RFC822_SIZE;
      case "RFC822" -> whole("RFC822", Section.WHOLE, false);
      case "RFC822.PEEK" -> whole("RFC822", Section.WHOLE, true); // Outlook asks for it
      case "RFC822.HEADER" -> whole("RFC822.HEADER", Section.HEADER, true);
      case "RFC822.TEXT" ->
          whole("RFC822.TEXT", new Section(List.of(), new Section.Text.Body()), false);
      case "RFC822.TEXT.PEEK" ->
          whole("RFC822.TEXT", new Section(List.of(), new Section.Text.Body()), true);
      default -> throw new SyntaxError("unknown fetch item before octet " + p.position());
    };
  }

  private static FetchItem whole(String label, Section section, boolean peek) {
    return new Content(label, section, peek, 0, Long.MAX_VALUE);
  }

  private static FetchItem section(Parser p, boolean peek) throws SyntaxError {
    p.require('[');
    StringBuilder label = new StringBuilder("BODY[");
    List<Integer> part = new ArrayList<>();
    Section.Text text = new Section.Text.Content();
    if (!p.isNext(']') && partNumbers(p, part, label)) {
      text = text(p, !part.isEmpty(), label);
    }
    p.require(']');
    label.append(']');
    return partial(p, label, new Section(part, text), peek);
  }

  private static FetchItem binary(Parser p, boolean peek) throws SyntaxError {
    StringBuilder label = new StringBuilder("BINARY");
    Section section = binarySection(p, label);
    return partial(p, label, section, peek);
  }

  private static FetchItem binarySize(Parser p) throws SyntaxError {
    StringBuilder label = new StringBuilder("BINARY.SIZE");
    Section section = binarySection(p, label);
    return new BinarySize(label.toString(), section);
  }

  private static Section binarySection(Parser p, StringBuilder label) throws SyntaxError {
    p.require('[');
    label.append('[');
    List<Integer> part = new ArrayList<>();
    if (!p.isNext(']') && partNumbers(p, part, label)) {
      throw p.expected("a part number");
    }
    p.require(']');
    label.append(']');
    return new Section(part, new Section.Text.Binary());
  }

  /** Reads numbers with dots between them; whether something else must follow. */
  private static boolean partNumbers(Parser p, List<Integer> part, StringBuilder label)
      throws SyntaxError {
    while (p.isDigit()) {
      if (part.size() == MAX_DEPTH) {
        throw new SyntaxError("more than " + MAX_DEPTH + " part numbers");
      }
      part.add(partNumber(p));
      label.append(part.getLast());
      if (!p.take('.')) {
        return false;
      }
      label.append('.');
    }
    return true;
  }

  private static FetchItem partial(Parser p, StringBuilder label, Section section, boolean peek)
      throws SyntaxError {
    long offset = 0;
    long length = Long.MAX_VALUE;
    if (p.take('<')) {
      offset = p.number(Long.MAX_VALUE);
      p.require('.');
      length = p.number(Long.MAX_VALUE);
      p.require('>');
      label.append('<').append(offset).append('>');
    }
    return new Content(label.toString(), section, peek, offset, length);
  }

  private static int partNumber(Parser p) throws SyntaxError {
    int number = (int) p.number(Integer.MAX_VALUE);
    if (number == 0) {
      throw new SyntaxError("0 is not a part number, at octet " + (p.position() - 1));
    }
    return number;
  }

  private static Section.Text text(Parser p, boolean ofPart, StringBuilder label)
      throws SyntaxError {
    String name = p.word("a section");
    label.append(name);
    return switch (name) {
      case "HEADER" -> new Section.Text.Header();
      case "TEXT" -> new Section.Text.Body();
      case "HEADER.FIELDS" -> new Section.Text.HeaderFields(fields(p, label), false);
      case "HEADER.FIELDS.NOT" -> new Section.Text.HeaderFields(fields(p, label), true);
      case "MIME" -> {
        if (!ofPart) {
          throw new SyntaxError("MIME needs a part number, before octet " + p.position());
        }
        yield new Section.Text.Mime();
      }
      default -> throw new SyntaxError("unknown section before octet " + p.position());
    };
  }

  private static List<String> fields(Parser p, StringBuilder label) throws SyntaxError {
    p.space();
    p.open();
    label.append(" (");
    List<String> names = new ArrayList<>();
    do {
      int position = p.position();
      String name = p.utf8("a header field name");
      requireFieldName(name, position);
      label.append(names.isEmpty() ? "" : " ").append(atomOrQuoted(name));
      names.add(name);
    } while (p.take(' '));
    p.close();
    label.append(')');
    return names;
  }

  private static void requireFieldName(String name, int position) throws SyntaxError {
    boolean legal = !name.isEmpty() && name.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != ':');
    if (!legal) {
      throw new SyntaxError("not a header field name, at octet " + position);
    }
  }

  private static String atomOrQuoted(String name) {
    boolean atom =
        name.chars().noneMatch(c -> "(){%*\"\\".indexOf(c) >= 0)
            && !name.toUpperCase(Locale.ROOT).equals("NIL");
    return atom ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
