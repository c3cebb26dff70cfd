package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The beginning of what a reader sees first (RFC 8970): of the first part that says something, line
 * by line, without what it quotes, its signature, rules and links to pictures. A message that only
 * quotes shows that. White space becomes single spaces. Confined to one parser.
 */
final class Preview {
  /** RFC 8970 section 3.2: characters that should not be exceeded (256 must not). */
  private static final int MAX = 200;

  /** Characters of a line that are looked at together. */
  private static final int MAX_LINE = 1_000;

  /** Characters after which the search for something to show ends. */
  private static final int MAX_READ = 64 << 10;

  /** Lines of a paragraph that may be the words in front of a quotation. */
  private static final int MAX_ATTRIBUTION = 3;

  private static final Pattern RULE_WITH_TITLE =
      Pattern.compile("(?:[-_=]{3,}|[*]{3,})[ \\t]*+[^-_=*]{3,60}+[-_=*]{3,}");
  private static final Pattern LONG_RULE = Pattern.compile("_{20,}+");
  private static final Pattern NOISE =
      Pattern.compile(
          "<(?:https?|mailto):[^>]*+>"
              + "|\\[(?:cid|image|https?):[^\\]]*+\\]"
              + "|\\(https?:[^)\\s]*+\\)"
              + "|[-=_*#~]{3,}+");

  /** What noise begins with. */
  private static final String NOISY = "<[(-=_*#~";

  /** Gathers characters up to the limit. */
  private static final class Collected {
    private final StringBuilder text = new StringBuilder();
    private int characters;
    private boolean space;
    private boolean full;

    void add(String line) {
      space = characters > 0;
      for (int i = 0; i < line.length() && !full; i++) {
        char c = line.charAt(i);
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
        full = true;
        return;
      }
      if (space && !low) {
        text.append(' ');
      }
      space = false;
      characters += wanted;
      text.append(c);
    }
  }

  private final Collected shown = new Collected();

  /** What is shown when there is nothing else. */
  private final Collected quoted = new Collected();

  private final StringBuilder line = new StringBuilder();

  /** Whether the line at hand is not what the sender says now, whatever it begins with. */
  private boolean aside;

  /** The last lines of a paragraph that may be dropped. */
  private final List<String> paragraph = new ArrayList<>();

  /** Lines of that paragraph that were shown already, so that it is none of those words. */
  private boolean begun;

  private boolean blank;

  /** Whether the rest of the part is a signature or quoted as a whole. */
  private boolean closed;

  /** Whether the line at hand goes on with one that began as a quotation. */
  private boolean goesOn;

  private int read;
  private boolean done;

  /** Whether further text of this part changes nothing. */
  boolean done() {
    return done;
  }

  void add(char[] piece, int from, int to) {
    add(piece, from, to, false);
  }

  /** Text that is quoted, or not in the body at all. */
  void addAside(char[] piece, int from, int to) {
    add(piece, from, to, true);
  }

  private void add(char[] piece, int from, int to, boolean quote) {
    if (quote != aside) {
      endLine();
      aside = quote;
    }
    for (int i = from; i < to && !done; i++) {
      add(piece[i]);
    }
  }

  /** Octets that all are ASCII. */
  void addAscii(ByteBuffer octets, int from, int to) {
    if (aside) {
      endLine();
      aside = false;
    }
    for (int i = from; i < to && !done; i++) {
      add((char) octets.get(i));
    }
  }

  private void add(char c) {
    if (c == '\n') {
      endLine();
      goesOn = false;
    } else if (line.length() >= MAX_LINE && !Character.isLowSurrogate(c)) {
      goesOn |= !line.isEmpty() && line.charAt(0) == '>';
      endLine();
    }
    if (c != '\n' && c != '\r') {
      line.append(c);
    }
    done |= ++read > MAX_READ;
  }

  private void endLine() {
    String text = line.toString();
    line.setLength(0);
    String bare = text.strip();
    if (done) {
      return;
    }
    if (bare.isEmpty()) {
      blank = true;
      return;
    }
    if (aside || closed || goesOn || bare.charAt(0) == '>') {
      if (!closed) {
        dropAttribution();
      }
      quoted.add(withoutNoise(behindMarks(bare)));
    } else if (endsWhatIsSaid(bare)) {
      showParagraph();
      closed = shown.characters > 0;
    } else {
      said(bare);
    }
    blank = false;
    done |= shown.full;
  }

  /** A line in front of a signature, or of a message that is quoted below. */
  private static boolean endsWhatIsSaid(String bare) {
    if ("-_=*".indexOf(bare.charAt(0)) < 0) {
      return false;
    }
    return bare.equals("--")
        || LONG_RULE.matcher(bare).matches()
        || RULE_WITH_TITLE.matcher(bare).matches();
  }

  private void said(String bare) {
    if (blank) {
      showParagraph();
      begun = false;
    } else if (paragraph.size() == MAX_ATTRIBUTION) {
      show(paragraph.removeFirst());
      begun = true;
    }
    paragraph.add(bare);
  }

  /** "On ... somebody wrote:" in whatever language: with a date, and a colon before the quote. */
  private void dropAttribution() {
    boolean attribution =
        !begun
            && !paragraph.isEmpty()
            && paragraph.getLast().endsWith(":")
            && paragraph.stream().anyMatch(l -> l.chars().anyMatch(Character::isDigit));
    if (attribution) {
      paragraph.clear();
    }
    showParagraph();
  }

  private void showParagraph() {
    paragraph.forEach(this::show);
    paragraph.clear();
  }

  private void show(String text) {
    String clean = withoutNoise(text);
    if (clean.codePoints().anyMatch(c -> !isRule(c))) {
      shown.add(clean);
    }
  }

  private static String withoutNoise(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (NOISY.indexOf(text.charAt(i)) >= 0) {
        return NOISE.matcher(text).replaceAll(" ");
      }
    }
    return text;
  }

  /** A quoted line without its marks. */
  private static String behindMarks(String line) {
    int at = 0;
    while (at < line.length() && (line.charAt(at) == '>' || line.charAt(at) == ' ')) {
      at++;
    }
    return line.substring(at);
  }

  /** What a line of nothing else is a rule of. */
  private static boolean isRule(int c) {
    return c < 128
        ? !Normalized.isWordCharacter(c)
        : Character.getType(c) == Character.DASH_PUNCTUATION;
  }

  /** Marks that mails are padded with so that previews end early. */
  private static boolean isInvisible(char c) {
    return Character.getType(c) == Character.FORMAT || c == '\u034f';
  }

  /** A part ends; the first that showed something is all that counts. */
  void endPart() {
    endLine();
    showParagraph();
    done |= shown.characters > 0;
    aside = false;
    closed = false;
    goesOn = false;
    begun = false;
    blank = false;
  }

  @Override
  public String toString() {
    return (shown.characters > 0 ? shown : quoted).text.toString();
  }
}
