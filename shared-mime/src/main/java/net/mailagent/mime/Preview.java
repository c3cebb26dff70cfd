package net.mailagent.mime;

/**
 * The beginning of the text that a reader sees first (RFC 8970): of the first part that has any,
 * its white space as single spaces. Confined to one parser.
 */
final class Preview {
  /** RFC 8970 section 3.2: characters that should not be exceeded. */
  private static final int MAX = 200;

  private final StringBuilder text = new StringBuilder();
  private int characters;
  private boolean space;
  private boolean done;

  void add(char[] piece, int from, int to) {
    for (int i = from; i < to && !done; i++) {
      char c = piece[i];
      if (Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c)) {
        space = characters > 0;
      } else if (!isInvisible(c)) {
        visible(c);
      }
    }
  }

  private void visible(char c) {
    boolean low = Character.isLowSurrogate(c);
    int wanted = low ? 0 : space ? 2 : 1;
    if (characters + wanted > MAX) {
      done = true;
      return;
    }
    if (space && !low) {
      text.append(' ');
    }
    space = false;
    characters += wanted;
    text.append(c);
  }

  /** Marks that mails are padded with so that previews end early. */
  private static boolean isInvisible(char c) {
    return Character.getType(c) == Character.FORMAT || c == '\u034f';
  }

  /** A part ends; the first that showed something is all that counts. */
  void endPart() {
    done |= characters > 0;
    space = false;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
