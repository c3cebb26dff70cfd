package net.mailagent.imap.wire;

import java.util.Optional;

/**
 * Object identifiers (RFC 8474): our ids of 24 hex digits with a letter in front, so that none is
 * all digits and none of one kind equals one of another. Pure; any thread.
 */
public enum ObjectId {
  /** MAILBOXID. */
  MAILBOX('F'),
  /** EMAILID. */
  EMAIL('M'),
  /** THREADID. */
  THREAD('T');

  private static final int MAX_LENGTH = 255;

  private final char letter;

  ObjectId(char letter) {
    this.letter = letter;
  }

  /** The identifier of an id. */
  public String of(String hex) {
    return letter + hex;
  }

  /**
   * Reads an identifier of this kind.
   *
   * @return the id, or empty when the identifier is none that this server gives
   * @throws SyntaxError when it is not an objectid (RFC 8474 section 7)
   */
  public Optional<String> parse(Parser p) throws SyntaxError {
    int position = p.position();
    String id = p.atom("an object identifier");
    if (id.length() > MAX_LENGTH || !id.matches("[A-Za-z0-9_-]*")) {
      throw new SyntaxError("not an object identifier, at octet " + position);
    }
    return id.matches(letter + "[0-9a-f]{24}") ? Optional.of(id.substring(1)) : Optional.empty();
  }
}
