package net.mailagent.store.search;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import net.mailagent.model.ContentId;
import net.mailagent.model.OctetsMissing;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.port.Messages.Field;
import net.mailagent.model.port.Search;
import net.mailagent.model.search.SearchKey;
import net.mailagent.store.content.ContentReader;
import net.mailagent.store.content.StoredContent;
import net.mailagent.store.mongo.Cursor;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SEARCH in one mailbox. A key is evaluated within a set of candidate rows, so grouping and
 * negation mean what they say: AND narrows, OR unites, NOT takes away. Keys about placements are
 * decided from the columns, first; what is left of the key goes to the store as one query about the
 * candidates that remain. Blocks; any thread.
 */
public final class MailboxSearch implements Search {
  private static final Logger LOG = LoggerFactory.getLogger(MailboxSearch.class);
  private static final long DAY = 86_400;
  private static final int BATCH = 1_000;
  private static final BsonDocument ID_AND_CUTS =
      new BsonDocument("_id", new BsonInt32(1))
          .append("headersCut", new BsonInt32(1))
          .append("wordsCut", new BsonInt32(1));
  private static final BsonDocument ID = new BsonDocument("_id", new BsonInt32(1));

  private final Documents messages;
  private final ContentReader reader;
  private final SearchSettings settings;
  private final InstantSource clock;
  private final Filters filters;

  public MailboxSearch(
      MongoConnection connection,
      ContentReader reader,
      SearchSettings settings,
      InstantSource clock) {
    this.messages = connection.documents("messages");
    this.reader = reader;
    this.settings = settings;
    this.clock = clock;
    this.filters = new Filters(settings);
  }

  @Override
  public UidSet search(UserId user, MailboxState mailbox, SearchKey key) {
    Evaluation evaluation = new Evaluation(user, new Rows(mailbox.messages()));
    return evaluation.rows.uids(evaluation.among(evaluation.rows.all(), key));
  }

  /** One search. One thread. */
  private final class Evaluation {
    private final UserId user;
    private final Rows rows;
    private final long now = clock.instant().getEpochSecond();

    Evaluation(UserId user, Rows rows) {
      this.user = user;
      this.rows = rows;
    }

    /** Those of the candidates that fit; the candidates are not changed. */
    BitSet among(BitSet candidates, SearchKey key) {
      if (candidates.isEmpty()) {
        return candidates;
      }
      if (Filters.isContent(key)) {
        return byContent(candidates, key);
      }
      return switch (key) {
        case SearchKey.All all -> candidates;
        case SearchKey.And and -> and(candidates, and.keys());
        case SearchKey.Or or -> {
          BitSet left = among(candidates, or.left());
          BitSet found = (BitSet) left.clone();
          found.or(among(without(candidates, left), or.right()));
          yield found;
        }
        case SearchKey.Not not -> without(candidates, among(candidates, not.key()));
        case SearchKey.Uids uids ->
            rows.where(candidates, (segment, row) -> uids.uids().contains(segment.uid(row)));
        case SearchKey.HasFlag flag ->
            rows.whereFlags(candidates, flags -> flags.contains(flag.flag()));
        case SearchKey.Larger larger ->
            rows.where(candidates, (segment, row) -> segment.octets(row) > larger.octets());
        case SearchKey.Smaller smaller ->
            rows.where(candidates, (segment, row) -> segment.octets(row) < smaller.octets());
        case SearchKey.Before before ->
            byDate(candidates, before.date(), day -> day < before.day().toEpochDay());
        case SearchKey.On on -> byDate(candidates, on.date(), day -> day == on.day().toEpochDay());
        case SearchKey.Since since ->
            byDate(candidates, since.date(), day -> day >= since.day().toEpochDay());
        case SearchKey.Younger younger ->
            rows.where(
                candidates, (segment, row) -> segment.internalDate(row) >= now - younger.seconds());
        case SearchKey.Older older ->
            rows.where(
                candidates, (segment, row) -> segment.internalDate(row) <= now - older.seconds());
        case SearchKey.ModSeqAtLeast atLeast ->
            rows.where(candidates, (segment, row) -> segment.modSeq(row) >= atLeast.modSeq());
        case SearchKey.Content content ->
            rows.where(candidates, (segment, row) -> segment.content(row).equals(content.id()));
        case SearchKey.InThread thread -> byContent(candidates, key);
        case SearchKey.Header header -> byContent(candidates, key);
        case SearchKey.Body body -> byContent(candidates, key);
        case SearchKey.Text text -> byContent(candidates, key);
      };
    }

    /** Cheap keys narrow first; those about contents become one query. */
    private BitSet and(BitSet candidates, List<SearchKey> keys) {
      List<SearchKey> about = new ArrayList<>();
      List<SearchKey> mixed = new ArrayList<>();
      BitSet left = candidates;
      for (SearchKey key : keys) {
        if (Filters.isContent(key)) {
          about.add(key);
        } else if (Filters.asksContent(key)) {
          mixed.add(key);
        } else {
          left = among(left, key);
        }
      }
      if (!about.isEmpty()) {
        left = among(left, about.size() == 1 ? about.getFirst() : new SearchKey.And(about));
      }
      for (SearchKey key : mixed) {
        left = among(left, key);
      }
      return left;
    }

    private BitSet without(BitSet all, BitSet some) {
      BitSet rest = (BitSet) all.clone();
      rest.andNot(some);
      return rest;
    }

    private BitSet byDate(BitSet candidates, SearchKey.DateOf date, LongPredicate fits) {
      return switch (date) {
        case INTERNAL ->
            rows.where(
                candidates,
                (segment, row) -> fits.test(Math.floorDiv(segment.internalDate(row), DAY)));
        case SAVED ->
            rows.where(
                candidates, (segment, row) -> fits.test(Math.floorDiv(segment.saveDate(row), DAY)));
        case SENT -> throw new IllegalStateException("SENT dates are decided by content");
      };
    }

    private BitSet byContent(BitSet candidates, SearchKey key) {
      Filter filter = filters.of(key);
      BitSet found = new BitSet();
      if (filter.may().equals(Filter.NONE)) {
        return found;
      }
      int count = candidates.cardinality();
      if (count > settings.idsPerQuery() && Filters.isIndexed(key)) {
        Set<ContentId> all = decided(key, filter, null);
        return rows.where(candidates, (segment, row) -> all.contains(segment.content(row)));
      }
      if (count <= settings.idsPerQuery()) {
        return slice(key, filter, candidates);
      }
      for (BitSet part : inParallel(slices(candidates), part -> slice(key, filter, part))) {
        found.or(part);
      }
      return found;
    }

    /** The candidates in parts of as many as one query may name. */
    private List<BitSet> slices(BitSet candidates) {
      List<BitSet> slices = new ArrayList<>();
      BitSet part = new BitSet();
      int size = 0;
      for (int row = candidates.nextSetBit(0); row >= 0; row = candidates.nextSetBit(row + 1)) {
        if (size == settings.idsPerQuery()) {
          slices.add(part);
          part = new BitSet();
          size = 0;
        }
        part.set(row);
        size++;
      }
      slices.add(part);
      return slices;
    }

    /** Those of at most {@code idsPerQuery} candidates that fit. */
    private BitSet slice(SearchKey key, Filter filter, BitSet candidates) {
      Map<ContentId, List<Integer>> places = new HashMap<>();
      for (int row = candidates.nextSetBit(0); row >= 0; row = candidates.nextSetBit(row + 1)) {
        places.computeIfAbsent(rows.content(row), id -> new ArrayList<>(1)).add(row);
      }
      BitSet found = new BitSet();
      for (ContentId id : decided(key, filter, places.keySet())) {
        places.getOrDefault(id, List.of()).forEach(found::set);
      }
      return found;
    }

    private List<BitSet> inParallel(List<BitSet> parts, UnaryOperator<BitSet> decide) {
      Semaphore running = new Semaphore(settings.parallel());
      AtomicBoolean failed = new AtomicBoolean(); // then nothing more is asked
      List<Future<BitSet>> outcomes = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (BitSet part : parts) {
          outcomes.add(
              threads.submit(() -> {
                running.acquire();
                try {
                  return failed.get() ? part : decide.apply(part);
                } catch (Throwable e) {
                  failed.set(true);
                  throw e;
                } finally {
                  running.release();
                }
              }));
        }
      }
      List<BitSet> found = new ArrayList<>();
      for (Future<BitSet> outcome : outcomes) {
        switch (outcome.state()) {
          case SUCCESS -> found.add(outcome.resultNow());
          case FAILED -> {
            if (outcome.exceptionNow() instanceof RuntimeException failure) {
              throw failure;
            }
            throw new StoreUnavailable("a search failed", outcome.exceptionNow());
          }
          case CANCELLED, RUNNING -> throw new StoreUnavailable("a search was interrupted");
        }
      }
      return found;
    }

    /**
     * The contents that fit.
     *
     * @param among which, or null for all of the user
     */
    private Set<ContentId> decided(
        SearchKey key, Filter filter, @Nullable Collection<ContentId> among) {
      Set<ContentId> sure = new HashSet<>();
      Set<ContentId> unsure = new HashSet<>();
      if (filter.may().equals(Filter.ALL) && among != null) {
        (filter.exact() ? sure : unsure).addAll(among);
      } else {
        for (BsonDocument hit : find(filter.may(), among, ID_AND_CUTS)) {
          boolean cut = hit.containsKey("headersCut") || hit.containsKey("wordsCut");
          (filter.exact() && !cut ? sure : unsure).add(Ids.content(hit, "_id"));
        }
      }
      if (!filter.exact() && !unsure.isEmpty() && !filter.must().equals(Filter.NONE)) {
        for (BsonDocument hit : find(filter.must(), unsure, ID)) {
          ContentId id = Ids.content(hit, "_id");
          unsure.remove(id);
          sure.add(id);
        }
      }
      if (!unsure.isEmpty()) {
        reader.read(
            user,
            unsure,
            Set.of(Field.CONTENT),
            content -> {
              if (fits(content, key)) {
                sure.add(content.id());
              }
            });
      }
      return sure;
    }

    /** What may fit and cannot be read fits: it must not hide all else that is found. */
    private boolean fits(StoredContent content, SearchKey key) {
      try {
        return new Verification(settings, content).fits(key);
      } catch (OctetsMissing e) {
        LOG.warn(
            "content {} of user {} was searched in part: {}", content.id(), user, e.toString());
        return true;
      }
    }

    private List<BsonDocument> find(
        BsonDocument condition, @Nullable Collection<ContentId> among, BsonDocument projection) {
      BsonDocument filter = new BsonDocument("user", Ids.bson(user));
      if (among != null) {
        List<BsonValue> ids = new ArrayList<>(among.size());
        among.forEach(id -> ids.add(Ids.bson(id)));
        filter.append("_id", new BsonDocument("$in", new BsonArray(ids)));
      }
      filter.putAll(condition);
      List<BsonDocument> hits = new ArrayList<>();
      try (Cursor cursor = messages.stream(Query.of(filter).project(projection), BATCH)) {
        cursor.forEachRemaining(hits::add);
      }
      return hits;
    }
  }
}
