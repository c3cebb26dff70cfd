package net.mailagent.mime;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers the {@link MessageFacts} while the message passes. Confined to one parser. */
final class FactsReader implements TextPipe.Reader {
  private static final int MAX_SUBJECT = 4_000;

  private final MimeLimits limits;
  private final WordSet wordSet;
  private final Words words;
  private final Preview preview = new Preview();
  private final List<HeaderField> headers = new ArrayList<>();
  private int headersLeft;
  private boolean headersTruncated;
  private @Nullable String date;
  private @Nullable String subject;
  private @Nullable String messageId;
  private final StringBuilder references = new StringBuilder();
  private final StringBuilder inReplyTo = new StringBuilder();
  private @Nullable TextPipe pipe;
  private boolean previewed;
  private long textLeft;

  FactsReader(MimeLimits limits) {
    this.limits = limits;
    this.wordSet = new WordSet(limits.maxSearchText());
    this.words = new Words(wordSet);
    this.headersLeft = limits.maxHeaders();
    this.textLeft = limits.maxText();
  }

  /** A field of the message header. */
  void field(String name, byte[] raw, int from, int to, boolean cut) {
    String octets = HeaderText.unfold(raw, from, to);
    switch (name) {
      case "date" -> date = date == null ? octets : date;
      case "subject" -> subject = subject == null ? octets : subject;
      case "message-id" -> messageId = messageId == null ? octets : messageId;
      case "references" -> append(references, octets);
      case "in-reply-to" -> append(inReplyTo, octets);
      default -> {}
    }
    headersTruncated |= cut;
    if (headersLeft <= name.length()) {
      headersTruncated = true;
      headersLeft = 0;
      return;
    }
    String value = HeaderText.decode(octets);
    headersLeft -= name.length();
    if (value.length() > headersLeft) {
      headersTruncated = true;
      value = HeaderText.cut(value, headersLeft);
    }
    headersLeft -= value.length();
    headers.add(new HeaderField(name, value));
  }

  private void append(StringBuilder to, String octets) {
    if (to.length() + octets.length() <= limits.maxField()) {
      to.append(octets).append(' ');
    }
  }

  /** A field of an embedded message's header. */
  void embeddedField(String name, byte[] raw, int from, int to, boolean cut) {
    if (HeaderText.isSearchedInEmbedded(name)) {
      words.add(HeaderText.decode(HeaderText.unfold(raw, from, to)));
      words.end();
      if (cut) {
        wordSet.truncate();
      }
    }
  }

  void startLeaf(OpenPart part) {
    if (!part.mediaType.startsWith("text/")) {
      return;
    }
    boolean attached = part.header.disposition().equals("attachment");
    boolean readable =
        part.mediaType.equals(ContentType.TEXT_PLAIN) || part.mediaType.equals("text/html");
    previewed = readable && !attached;
    String charset = part.opaque ? "" : part.header.contentType().charset();
    pipe = new TextPipe(part.mediaType, charset, part.transferEncoding, textLeft, this);
  }

  @Override
  public void ascii(ByteBuffer octets, int from, int to) {
    words.addAscii(octets, from, to);
    if (previewed) {
      preview.addAscii(octets, from, to);
    }
  }

  @Override
  public int utf8(ByteBuffer octets, int from, int to) {
    return previewed && !preview.done() ? from : words.addUtf8(octets, from, to);
  }

  @Override
  public void text(char[] chars, int from, int to) {
    words.add(chars, from, to);
    if (previewed) {
      preview.add(chars, from, to);
    }
  }

  @Override
  public void aside(char[] chars, int from, int to) {
    words.add(chars, from, to);
    if (previewed) {
      preview.addAside(chars, from, to);
    }
  }

  void body(ByteBuffer slice) {
    if (pipe != null) {
      pipe.write(slice);
    }
  }

  void endLeaf() {
    if (pipe != null) {
      pipe.end();
      words.end();
      textLeft = pipe.left();
      if (pipe.cut()) {
        wordSet.truncate();
      }
      if (previewed) {
        preview.endPart();
      }
      pipe = null;
    }
  }

  MessageFacts finish(OpenPart root, MimePart tree) {
    fileNames(root);
    Optional<MailDate> sent = date == null ? Optional.empty() : MailDate.parse(date);
    String decoded = subject == null ? "" : HeaderText.cut(HeaderText.decode(subject), MAX_SUBJECT);
    String base = BaseSubject.of(decoded);
    List<String> referenced = MessageIds.all(references.toString());
    List<String> repliedTo = MessageIds.all(inReplyTo.toString());
    Set<String> all = new LinkedHashSet<>(referenced);
    all.addAll(repliedTo);
    String own = messageId == null ? "" : MessageIds.own(messageId);
    return new MessageFacts(
        sent.map(MailDate::instant),
        sent.map(MailDate::date),
        decoded,
        base,
        own,
        List.copyOf(all),
        all.isEmpty() ? own : all.iterator().next(),
        referenced.isEmpty() ? repliedTo : List.of(),
        ThreadSubject.of(base),
        headers,
        headersTruncated,
        wordSet.toString(),
        wordSet.truncated(),
        preview.toString(),
        Attachments.of(tree));
  }

  private void fileNames(OpenPart part) {
    words.add(part.opaque ? "" : part.header.fileName());
    words.end();
    if (part.kind == OpenPart.Kind.LEAF && part.unannounced && part.bodyEnd > part.headerEnd) {
      wordSet.truncate(); // a multipart without parts passed by before it was known to be text
    }
    part.children.forEach(this::fileNames);
  }
}
