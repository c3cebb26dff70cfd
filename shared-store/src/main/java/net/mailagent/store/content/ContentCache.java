package net.mailagent.store.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.UserId;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/**
 * Fields of contents in memory, bounded by bytes. Contents never change, so nothing here is ever
 * out of date. Any thread.
 */
final class ContentCache {
  private static final int ENTRY = 250; // key, node and headers of an entry

  /** What is read and kept together. */
  enum Kind {
    HEAD,
    ENVELOPE,
    STRUCTURE,
    PREVIEW,
    LAYOUT;

    private List<String> fields() {
      return switch (this) {
        case HEAD -> List.of("size", "thread");
        case ENVELOPE -> List.of(MessageFields.ENVELOPE);
        case STRUCTURE -> List.of(MessageFields.BODY, MessageFields.STRUCTURE);
        case PREVIEW -> List.of("preview");
        case LAYOUT -> List.of("trace", "segments", MessageFields.TREE, "inline");
      };
    }
  }

  /** A kind of a content. */
  private record Key(UserId user, ContentId content, Kind kind) {}

  /** The fields of one kind. */
  private sealed interface Fields {
    record Head(long size, String thread) implements Fields {}

    record Envelope(MessageFields.Stored envelope) implements Fields {}

    record Structure(MessageFields.Stored body, MessageFields.Stored structure) implements Fields {}

    record Preview(String text) implements Fields {}

    record Place(Layout layout) implements Fields {}

    default int weight() {
      return switch (this) {
        case Head head -> 100;
        case Envelope e -> MessageFields.weight(e.envelope());
        case Structure s -> MessageFields.weight(s.body()) + MessageFields.weight(s.structure());
        case Preview preview -> 60 + 2 * preview.text().length();
        case Place place -> place.layout().weight();
      };
    }
  }

  private final Cache<Key, Fields> cache;
  private final long largest;

  ContentCache(long bytes) {
    this.largest = bytes / 64; // one hostile message shall not push out everybody's
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Key key, Fields fields) -> ENTRY + fields.weight())
            .build();
  }

  /** The stored fields to read for these kinds. */
  static BsonDocument projection(Set<Kind> kinds) {
    BsonDocument projection = new BsonDocument("v", new BsonInt32(1));
    for (Kind kind : kinds) {
      kind.fields().forEach(field -> projection.append(field, new BsonInt32(1)));
    }
    if (kinds.size() > 1) {
      projection.append("blobs", new BsonInt32(1)); // what is too large is a reference
    }
    return projection;
  }

  /** Everything asked for, or null when some of it is not here. */
  @Nullable Content get(UserId user, ContentId id, Set<Kind> kinds) {
    Content content = new Content(id);
    for (Kind kind : kinds) {
      Fields fields = cache.getIfPresent(new Key(user, id, kind));
      if (fields == null) {
        return null;
      }
      put(content, fields);
    }
    return content;
  }

  /** Takes what a document read by {@link #projection} holds, and keeps it. */
  Content take(UserId user, ContentId id, Set<Kind> kinds, BsonDocument document) {
    MessageFields.requireKnown(document);
    Content content = new Content(id);
    for (Kind kind : kinds) {
      Fields fields = fields(kind, document);
      put(content, fields);
      if (fields.weight() <= largest) {
        cache.put(new Key(user, id, kind), fields);
      }
    }
    return content;
  }

  private static Fields fields(Kind kind, BsonDocument document) {
    return switch (kind) {
      case HEAD ->
          new Fields.Head(
              document.getNumber("size").longValue(),
              document.getObjectId("thread").getValue().toHexString());
      case ENVELOPE -> new Fields.Envelope(MessageFields.read(document, MessageFields.ENVELOPE));
      case STRUCTURE ->
          new Fields.Structure(
              MessageFields.read(document, MessageFields.BODY),
              MessageFields.read(document, MessageFields.STRUCTURE));
      case PREVIEW -> new Fields.Preview(document.getString("preview").getValue());
      case LAYOUT -> new Fields.Place(Layout.read(document));
    };
  }

  private static void put(Content content, Fields fields) {
    switch (fields) {
      case Fields.Head head -> {
        content.size = head.size();
        content.thread = head.thread();
      }
      case Fields.Envelope e -> content.envelope = e.envelope();
      case Fields.Structure s -> {
        content.body = s.body();
        content.structure = s.structure();
      }
      case Fields.Preview preview -> content.preview = preview.text();
      case Fields.Place place -> content.layout = place.layout();
    }
  }

  /** The fields of one content that were asked for. */
  static final class Content {
    final ContentId id;
    long size;
    String thread = "";
    MessageFields.@Nullable Stored envelope;
    MessageFields.@Nullable Stored body;
    MessageFields.@Nullable Stored structure;
    @Nullable String preview;
    @Nullable Layout layout;

    private Content(ContentId id) {
      this.id = id;
    }
  }
}
