package net.mailagent.imap.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import net.mailagent.runtime.net.LineTooLong;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one command, pulled from its line and, where a line ends with a literal, from what
 * follows. Literals are asked for only when the grammar has come to them and their size is allowed;
 * after an error {@link #skipRest} drops what the client sends without being asked.
 *
 * <p>One thread, the connection's runner; one parser for each command.
 */
public final class Parser {
  private final CommandSource source;
  private final WireLimits limits;

  private byte[] line = new byte[0];
  private int at;
  private int octetsBefore; // octets of the lines before this one
  private long literals; // octets of literals so far
  private int depth;
  private int keys;
  private @Nullable String broken; // why no token can be read from this line
  private @Nullable Literal announced; // what this line ends with and was not taken yet
  private long streaming = -1; // octets of the accepted literal still to come; -1: none is open

  /** Reads the first line of a command. A line that is too long shows when it is parsed. */
  public Parser(CommandSource source, WireLimits limits) {
    this.source = source;
    this.limits = limits;
    readLine();
  }

  private void readLine() {
    octetsBefore += line.length;
    at = 0;
    try {
      line = source.line(Math.max(1, limits.line() - octetsBefore));
      announced = Literal.atEnd(line);
    } catch (LineTooLong e) {
      line = e.start();
      announced = Literal.atEnd(e.end());
      broken = "a command has at most " + limits.line() + " octets without its literals";
    }
  }

  /** Whether the line is empty: a stray CRLF between commands, which is ignored. */
  public boolean isBlank() {
    return line.length == 0;
  }

  /** The tag, which can be read even from a line that is too long. */
  public String tag() throws SyntaxError {
    int start = at;
    while (at < line.length && Chars.isTag(line[at])) {
      at++;
    }
    if (at == start || (at == line.length && broken != null)) {
      throw expected("a tag");
    }
    return text(start, at);
  }

  /** An error at the present position. */
  public SyntaxError expected(String what) {
    if (broken != null) {
      return new SyntaxError(broken);
    }
    String found =
        at < line.length ? "not '" + (char) (line[at] & 0xff) + "'" : "not the end of the line";
    return new SyntaxError("expected " + what + ", " + found + ", at octet " + position());
  }

  /** The number of the next octet of the command, from 1, literals not counted. */
  public int position() {
    return octetsBefore + at + 1;
  }

  private int peek() throws SyntaxError {
    if (broken != null) {
      throw new SyntaxError(broken);
    }
    return at < line.length ? line[at] & 0xff : -1;
  }

  /** Whether the next octet is that one. */
  public boolean isNext(char c) throws SyntaxError {
    return peek() == c;
  }

  /** Whether the next octet is a digit. */
  public boolean isDigit() throws SyntaxError {
    return Chars.isDigit(peek());
  }

  /** Whether nothing is left. */
  public boolean atEnd() throws SyntaxError {
    return peek() < 0;
  }

  /** Takes the next octet if it is that one. */
  public boolean take(char c) throws SyntaxError {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  /** Takes that octet or fails. */
  public void require(char c) throws SyntaxError {
    if (!take(c)) {
      throw expected("'" + c + "'");
    }
  }

  /** Takes a space; clients that send more than one are forgiven. */
  public void space() throws SyntaxError {
    if (!take(' ')) {
      throw expected("a space");
    }
    while (peek() == ' ') {
      at++;
    }
  }

  /** The end of the command; blanks before it are forgiven. */
  public void end() throws SyntaxError {
    while (peek() == ' ') {
      at++;
    }
    if (!atEnd()) {
      throw expected("the end of the command");
    }
  }

  /** Takes an opening parenthesis, or one more level of nesting. */
  public void open() throws SyntaxError {
    require('(');
    deeper();
  }

  /** Takes a closing parenthesis. */
  public void close() throws SyntaxError {
    require(')');
    depth--;
  }

  /** Goes one level down; every call needs its {@link #shallower}. */
  public void deeper() throws SyntaxError {
    if (++depth > limits.depth()) {
      throw new SyntaxError("nested deeper than " + limits.depth() + ", at octet " + position());
    }
  }

  public void shallower() {
    depth--;
  }

  /** Counts a search key: each costs time for every message. */
  public void countKey() throws SyntaxError {
    if (++keys > limits.keys()) {
      throw new SyntaxError("more than " + limits.keys() + " search keys");
    }
  }

  /** A word of the grammar such as a command name or a fetch item, in upper case. */
  public String word(String what) throws SyntaxError {
    peek();
    int start = at;
    while (at < line.length && isWord(line[at])) {
      at++;
    }
    if (at == start) {
      throw expected(what);
    }
    return text(start, at).toUpperCase(Locale.ROOT);
  }

  private static boolean isWord(byte c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || Chars.isDigit(c)
        || c == '-'
        || c == '.'
        || c == '=';
  }

  /** Takes that word, compared without case, if it comes next and ends there. */
  public boolean takeWord(String word) throws SyntaxError {
    peek();
    int end = at + word.length();
    if (end > line.length || (end < line.length && isWord(line[end]))) {
      return false;
    }
    if (!text(at, end).equalsIgnoreCase(word)) {
      return false;
    }
    at = end;
    return true;
  }

  /** Takes that text, compared without case, if it comes next. */
  public boolean takeText(String text) throws SyntaxError {
    peek();
    int end = at + text.length();
    if (end > line.length || !text(at, end).equalsIgnoreCase(text)) {
      return false;
    }
    at = end;
    return true;
  }

  /** An atom as it stands. */
  public String atom(String what) throws SyntaxError {
    peek();
    int start = at;
    while (at < line.length && Chars.isAtom(line[at])) {
      at++;
    }
    if (at == start) {
      throw expected(what);
    }
    return text(start, at);
  }

  /** A number of at most {@code max}. */
  public long number(long max) throws SyntaxError {
    peek();
    int start = at;
    long value = 0;
    while (at < line.length && Chars.isDigit(line[at])) {
      int digit = line[at++] - '0';
      if (value > (max - digit) / 10) {
        throw new SyntaxError("a number above " + max + ", at octet " + (octetsBefore + start + 1));
      }
      value = value * 10 + digit;
    }
    if (at == start) {
      throw expected("a number");
    }
    return value;
  }

  /** A flag or keyword, with its backslash. */
  public String flag() throws SyntaxError {
    String slash = take('\\') ? "\\" : "";
    String name = atom("a flag");
    if (name.length() > limits.flag()) {
      throw new SyntaxError(
          "a flag has at most " + limits.flag() + " octets, at octet " + position());
    }
    return slash + name;
  }

  /** A quoted string or a literal. */
  public byte[] string() throws SyntaxError {
    return switch (peek()) {
      case '"' -> quoted();
      case '{' -> literal();
      default -> throw expected("a string");
    };
  }

  /** Whether a quoted string or a literal comes next. */
  public boolean isString() throws SyntaxError {
    return peek() == '"' || peek() == '{';
  }

  /** An astring: an atom, a quoted string or a literal. */
  public byte[] astring(String what) throws SyntaxError {
    if (isString()) {
      return string();
    }
    int start = at;
    while (at < line.length && Chars.isAstring(line[at])) {
      at++;
    }
    if (at == start) {
      throw expected(what);
    }
    return Arrays.copyOfRange(line, start, at);
  }

  /** An astring in UTF-8. */
  public String utf8(String what) throws SyntaxError {
    int start = position();
    return decode(astring(what), StandardCharsets.UTF_8, start);
  }

  /** A string, or null for NIL. */
  public @Nullable String nstring() throws SyntaxError {
    if (isString()) {
      int start = position();
      return decode(string(), StandardCharsets.UTF_8, start);
    }
    if (takeWord("NIL")) {
      return null;
    }
    throw expected("a string or NIL");
  }

  /** A mailbox name (RFC 3501 section 5.1.3), a raw {@code &} or raw UTF-8 tolerated. */
  public String mailbox() throws SyntaxError {
    return ModifiedUtf7.decode(utf8("a mailbox name"));
  }

  /** A name of LIST, which may hold wildcards (list-mailbox). */
  public String listMailbox() throws SyntaxError {
    int start = position();
    if (isString()) {
      return ModifiedUtf7.decode(decode(string(), StandardCharsets.UTF_8, start));
    }
    int from = at;
    while (at < line.length && Chars.isList(line[at])) {
      at++;
    }
    if (at == from) {
      throw expected("a mailbox pattern");
    }
    return ModifiedUtf7.decode(
        decode(Arrays.copyOfRange(line, from, at), StandardCharsets.UTF_8, start));
  }

  /** Decodes octets that began at a position, or says that they are not of that charset. */
  public static String decode(byte[] octets, Charset charset, int position) throws SyntaxError {
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(octets))
          .toString();
    } catch (CharacterCodingException e) {
      throw new SyntaxError("a string that is not " + charset.name() + ", at octet " + position);
    }
  }

  private byte[] quoted() throws SyntaxError {
    int start = position();
    at++;
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    while (at < line.length) {
      byte c = line[at++];
      if (c == '"') {
        return octets.toByteArray();
      }
      if (c == '\\') {
        if (at == line.length || (line[at] != '"' && line[at] != '\\')) {
          throw expected("'\"' or '\\' after a backslash");
        }
        c = line[at++];
      } else if (c == 0 || c == '\r') {
        throw new SyntaxError("a control character within quotes, at octet " + (position() - 1));
      }
      octets.write(c);
    }
    throw new SyntaxError("a quoted string without its end, begun at octet " + start);
  }

  private byte[] literal() throws SyntaxError {
    Literal literal = announcedLiteral();
    if (literal.size() > limits.literal()) {
      throw new SyntaxError("a literal of more than " + limits.literal() + " octets");
    }
    literals += literal.size();
    if (literals > limits.literals()) {
      throw new SyntaxError("literals of more than " + limits.literals() + " octets together");
    }
    announced = null;
    if (literal.synchronizing()) {
      source.askFor("OK, " + literal.size() + " octets");
    }
    byte[] octets = source.exactly((int) literal.size());
    readLine();
    for (byte octet : octets) {
      if (octet == 0) {
        throw new SyntaxError("a NUL octet in a literal"); // RFC 3501 section 4.3
      }
    }
    return octets;
  }

  /**
   * The literal that the line ends with, which must come next; its octets are neither asked for nor
   * read. For messages, whose size only the command can judge.
   */
  public Literal announcedLiteral() throws SyntaxError {
    Literal literal = announced;
    if (peek() != '{' || literal == null || indexOf('}') != line.length - 1) {
      throw expected("a literal at the end of the line");
    }
    return literal;
  }

  private int indexOf(char c) {
    for (int i = at; i < line.length; i++) {
      if (line[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** Accepts the announced literal: asks for it if the client waits. {@link #read} follows. */
  public void acceptLiteral() throws SyntaxError {
    Literal literal = announcedLiteral();
    announced = null;
    streaming = literal.size();
    if (literal.synchronizing()) {
      source.askFor("OK, " + literal.size() + " octets");
    }
  }

  /**
   * The next octets of the accepted literal, or null at its end; then the rest of the command can
   * be parsed.
   */
  public @Nullable ByteBuffer read() {
    if (streaming == 0) {
      streaming = -1;
      readLine();
      return null;
    }
    ByteBuffer octets = source.read((int) Math.min(streaming, 1 << 20));
    streaming -= octets.remaining();
    return octets;
  }

  /** Drops what belongs to this command and is on its way; literals to be asked for are not. */
  public void skipRest() {
    broken = null;
    if (streaming >= 0) {
      source.skip(streaming);
      streaming = -1;
      skipLine();
    }
    Literal literal = announced;
    while (literal != null && !literal.synchronizing()) {
      source.skip(literal.size());
      skipLine();
      literal = announced;
    }
    announced = null;
  }

  private void skipLine() {
    try {
      announced = Literal.atEnd(source.line(limits.line()));
    } catch (LineTooLong e) {
      announced = Literal.atEnd(e.end());
    }
  }

  /** Sends a challenge and reads the client's answer, a line of its own (AUTHENTICATE). */
  public byte[] ask(String challenge) throws SyntaxError {
    source.askFor(challenge);
    octetsBefore += line.length;
    line = new byte[0];
    at = 0;
    readLine();
    announced = null;
    if (broken != null) {
      throw new SyntaxError(broken);
    }
    byte[] answer = line;
    at = line.length;
    return answer;
  }

  private String text(int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
