package net.mailagent.store.content;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages.Field;
import net.mailagent.store.content.ContentCache.Kind;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Reads contents in batches, only the fields asked for, from memory where they are there. No query
 * is open while a content is handed out, so its receiver may take as long as it likes. Blocks; any
 * thread.
 */
public final class ContentReader {
  /** Contents that one batch holds when all of them are in memory. */
  private static final int MOST_AT_ONCE = 1_024;

  /** The first batch of whole contents, whose sizes nobody knows yet. */
  private static final int FIRST_CONTENTS = 16;

  private final Documents messages;
  private final BlobStore blobs;
  private final ContentSettings settings;
  private final ContentCache cache;
  private final ReadAhead readAhead;

  ContentReader(Documents messages, BlobStore blobs, ContentSettings settings) {
    this.messages = messages;
    this.blobs = blobs;
    this.settings = settings;
    this.cache = new ContentCache(settings.cacheBytes());
    this.readAhead =
        new ReadAhead(settings.readAhead(), settings.readAheadBudget(), settings.chunkSize());
  }

  /** See {@link net.mailagent.model.port.Messages#read}. */
  public void read(
      UserId user,
      Collection<ContentId> ids,
      Collection<Field> fields,
      Consumer<? super StoredContent> each) {
    Set<Kind> kinds = EnumSet.of(Kind.HEAD);
    for (Field field : fields) {
      kinds.add(
          switch (field) {
            case ENVELOPE -> Kind.ENVELOPE;
            case STRUCTURE -> Kind.STRUCTURE;
            case PREVIEW -> Kind.PREVIEW;
            case CONTENT -> Kind.LAYOUT;
          });
    }
    Reading reading = new Reading(user, ids.iterator(), kinds);
    Read current = reading.next();
    while (current != null) {
      // the next fields are fetched while these are used; whole contents would take too much memory
      Future<@Nullable Read> ahead =
          kinds.contains(Kind.LAYOUT) || !reading.rest.hasNext() ? null : reading.nextAhead();
      handOut(current, each);
      current = ahead == null ? reading.next() : join(ahead);
    }
  }

  private static @Nullable Read join(Future<@Nullable Read> ahead) {
    try {
      return ahead.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while reading", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new StoreUnavailable("contents could not be read", e);
    }
  }

  /**
   * Contents in memory.
   *
   * @param order in which they are handed out
   * @param here those that exist
   */
  private record Read(List<ContentId> order, Map<ContentId, ContentCache.Content> here) {}

  /** One call of {@link #read}: gives batch after batch. One thread at a time. */
  private final class Reading {
    private final UserId user;
    private final Iterator<ContentId> rest;
    private final Set<Kind> kinds;
    private final int most;
    private int size;

    Reading(UserId user, Iterator<ContentId> rest, Set<Kind> kinds) {
      boolean whole = kinds.contains(Kind.LAYOUT);
      this.user = user;
      this.rest = rest;
      this.kinds = kinds;
      this.most = whole ? Math.ceilDiv(settings.readBatch(), 4) : settings.readBatch();
      this.size = whole ? Math.min(FIRST_CONTENTS, most) : most;
    }

    Future<@Nullable Read> nextAhead() {
      FutureTask<@Nullable Read> task = new FutureTask<>(this::next);
      Thread.ofVirtual().name("read-ahead").start(task);
      return task;
    }

    @Nullable Read next() {
      if (!rest.hasNext()) {
        return null;
      }
      Map<ContentId, ContentCache.Content> here = new HashMap<>();
      List<ContentId> order = new ArrayList<>();
      Set<ContentId> missing = new LinkedHashSet<>();
      while (rest.hasNext() && order.size() < MOST_AT_ONCE && missing.size() < size) {
        ContentId id = rest.next();
        order.add(id);
        ContentCache.Content cached = cache.get(user, id, kinds);
        if (cached == null) {
          missing.add(id);
        } else {
          here.put(id, cached);
        }
      }
      long bytes = fetch(missing, here);
      if (bytes > 0) {
        long fitting = settings.readBytes() * (long) missing.size() / bytes;
        size = (int) Math.clamp(fitting, 1, most);
      }
      return new Read(order, here);
    }

    /** Reads what is missing; returns how many octets came. */
    private long fetch(Set<ContentId> missing, Map<ContentId, ContentCache.Content> here) {
      if (missing.isEmpty()) {
        return 0;
      }
      List<BsonValue> in = new ArrayList<>(missing.size());
      missing.forEach(id -> in.add(Ids.bson(id)));
      Query query =
          Query.of(
                  new BsonDocument("user", Ids.bson(user))
                      .append("_id", new BsonDocument("$in", new BsonArray(in))))
              .project(ContentCache.projection(kinds));
      long bytes = 0;
      for (BsonDocument document : messages.find(query, missing.size())) {
        ContentId id = Ids.content(document, "_id");
        here.put(id, cache.take(user, id, kinds, document));
        if (document instanceof RawBsonDocument raw) {
          bytes += raw.getByteBuffer().remaining();
        }
      }
      return bytes;
    }
  }

  private void handOut(Read read, Consumer<? super StoredContent> each) {
    try (ContentBatch batch = new ContentBatch(blobs, readAhead)) {
      for (ContentId id : read.order()) {
        ContentCache.Content content = read.here().get(id);
        if (content != null && content.layout != null) {
          batch.add(id, content.layout);
        }
      }
      for (ContentId id : read.order()) {
        ContentCache.Content content = read.here().get(id);
        if (content != null) {
          each.accept(new StoredContent(content, batch));
        }
      }
    }
  }
}
