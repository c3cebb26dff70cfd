package net.mailagent.store.content;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.mailagent.mime.HeaderField;
import net.mailagent.mime.MessageFacts;
import net.mailagent.mime.ParsedMessage;
import net.mailagent.model.Attachment;
import net.mailagent.model.ContentId;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.store.mongo.Ids;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * A message that came in whole: its blobs are in the store, its document is made for each user who
 * gets it. What is alike for all of them is made once and shared. Any thread.
 */
final class ReceivedMessage implements Messages.Received {
  /** Further attachments are in the tree only. */
  private static final int MAX_ATTACHMENTS = 100;

  /** Characters of header lines that are stored for SEARCH; a message with more is read. */
  private static final int MAX_HEADERS = 512 << 10;

  private static final int MAX_NAME = 255;
  private static final int MAX_SUBJECT = 1_000;
  private static final int MAX_MSGIDS = 16;

  private final long size;
  private final String threadRoot;
  private final List<String> parents;
  private final String threadSubject;
  private final List<String> messageIds;
  private final List<BlobId> blobs;
  private final BsonDocument shared;
  private final List<BsonString> headers;

  /**
   * What the intake made.
   *
   * @param inline octets that the document holds
   * @param blobs all blobs of the message
   * @param fields tree, envelope, body and structure, ready to store
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Parts(
      ParsedMessage parsed,
      byte[] inline,
      Segments segments,
      List<BlobId> blobs,
      BsonDocument fields) {}

  ReceivedMessage(Parts parts) {
    MessageFacts facts = parts.parsed().facts();
    this.size = parts.parsed().size();
    this.threadRoot = facts.threadRoot();
    this.parents =
        facts.parents().stream()
            .limit(MAX_MSGIDS)
            .flatMap(id -> SearchFields.messageIds(id).stream())
            .toList();
    this.threadSubject = facts.threadSubject();
    List<BsonString> ids = messageIds(facts);
    this.messageIds =
        ids.stream()
            .map(BsonString::getValue)
            .filter(id -> !id.equals(SearchFields.MORE_IDS))
            .toList();
    this.blobs = parts.blobs();
    List<BsonString> lines = SearchFields.headers(facts.headers());
    this.headers = first(lines);
    boolean cut = headers.size() < lines.size() || facts.headersTruncated();
    this.shared = shared(parts, facts, ids, cut);
  }

  /** As many as a document has room for: normalising makes some characters many. */
  private static List<BsonString> first(List<BsonString> lines) {
    int characters = 0;
    for (int n = 0; n < lines.size(); n++) {
      characters += lines.get(n).getValue().length();
      if (characters > MAX_HEADERS) {
        return List.copyOf(lines.subList(0, n));
      }
    }
    return lines;
  }

  private static BsonDocument shared(
      Parts parts, MessageFacts facts, List<BsonString> ids, boolean headersCut) {
    BsonDocument d = new BsonDocument();
    facts.sent().ifPresent(at -> d.append("sent", new BsonDateTime(at.toEpochMilli())));
    facts.sentDate().ifPresent(day -> d.append("sentDay", new BsonInt64(day.toEpochDay())));
    if (!ids.isEmpty()) {
      d.append(Threads.MESSAGE_IDS, new BsonArray(ids));
    }
    d.append("subject", SearchFields.string(cut(facts.subject(), MAX_SUBJECT)))
        .append("baseSubject", SearchFields.string(cut(facts.baseSubject(), MAX_SUBJECT)))
        .append("preview", SearchFields.string(facts.preview()));
    if (!facts.attachments().isEmpty()) {
      d.append("attachments", attachments(facts.attachments()))
          .append("attachmentCount", new BsonInt32(facts.attachments().size()));
    }
    if (!parts.blobs().isEmpty()) {
      d.append("blobs", new BsonArray(parts.blobs().stream().map(BlobId::toBson).toList()));
    }
    d.append("segments", new BsonBinary(parts.segments().encode(parts.blobs())));
    d.putAll(parts.fields());
    boolean moreIds = !ids.isEmpty() && ids.getLast().getValue().equals(SearchFields.MORE_IDS);
    if (headersCut || moreIds) {
      d.append("headersCut", BsonBoolean.TRUE);
    }
    if (facts.wordsTruncated()) {
      d.append("wordsCut", BsonBoolean.TRUE);
    }
    d.append("words", SearchFields.string(facts.words()));
    d.append("inline", new BsonBinary(parts.inline()));
    return d;
  }

  private static BsonArray attachments(List<Attachment> attachments) {
    List<BsonValue> list = new ArrayList<>();
    for (Attachment a : attachments.subList(0, Math.min(attachments.size(), MAX_ATTACHMENTS))) {
      list.add(
          new BsonDocument("part", new BsonString(number(a.part())))
              .append("name", SearchFields.string(cut(a.fileName(), MAX_NAME)))
              .append("type", SearchFields.string(cut(a.mediaType(), MAX_NAME)))
              .append("size", new BsonInt64(a.size())));
    }
    return new BsonArray(list);
  }

  /** As in BODY[n], such as "2.1". */
  private static String number(List<Integer> part) {
    return part.stream().map(String::valueOf).collect(Collectors.joining("."));
  }

  /** The message ids; the last one is a mark when there are more, or header fields are missing. */
  private static List<BsonString> messageIds(MessageFacts facts) {
    List<BsonString> ids = new ArrayList<>();
    boolean more = facts.headersTruncated();
    for (HeaderField header : facts.headers()) {
      if (header.name().equals("message-id")) {
        for (String id : SearchFields.messageIds(header.value())) {
          boolean kept = ids.size() < MAX_MSGIDS && id.length() <= SearchFields.MAX_ID;
          more |= !kept;
          if (kept) {
            ids.add(SearchFields.string(id));
          }
        }
      }
    }
    if (more) {
      ids.add(new BsonString(SearchFields.MORE_IDS));
    }
    return ids;
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end);
  }

  @Override
  public long size() {
    return size;
  }

  List<BlobId> blobs() {
    return blobs;
  }

  /** The first message id that its conversation names, may be empty. */
  String threadRoot() {
    return threadRoot;
  }

  /** Ids, as they are stored, of messages whose conversation it goes on with. */
  List<String> parents() {
    return parents;
  }

  /** What subjects of one thread have in common. */
  String subject() {
    return threadSubject;
  }

  /** Its own ids as they are stored. */
  List<String> messageIds() {
    return messageIds;
  }

  /** Octets of a document of this message, roughly. */
  int weight() {
    return 1024
        + shared.getBinary("inline").getData().length
        + 2 * shared.getString("words").getValue().length()
        + 2 * headers.stream().mapToInt(line -> line.getValue().length()).sum();
  }

  /** The document of this message for one user. */
  BsonDocument document(UserId user, ContentId id, byte[] trace, long now, Threads threads) {
    BsonDocument d =
        new BsonDocument("_id", Ids.bson(id))
            .append("user", Ids.bson(user))
            .append("v", new BsonInt32(MessageFields.VERSION))
            .append("size", new BsonInt64(trace.length + size))
            .append("touched", new BsonDateTime(now));
    d.putAll(threads.fields(user, this, id.hex()));
    List<BsonString> all = headers;
    if (trace.length > 0) {
      d.append("trace", new BsonBinary(trace));
      all = new ArrayList<>(SearchFields.headersOf(trace));
      all.addAll(headers);
    }
    d.append("headers", new BsonArray(all));
    d.putAll(shared);
    return d;
  }
}
