package net.mailagent.store.search;

import java.time.LocalDate;
import java.util.List;
import net.mailagent.model.search.SearchKey;
import net.mailagent.store.content.SearchFields;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

/** Search keys about content as conditions on the messages collection. Immutable, any thread. */
final class Filters {
  private final SearchSettings settings;

  Filters(SearchSettings settings) {
    this.settings = settings;
  }

  /** Whether a key asks only for what contents hold, not for placements. */
  static boolean isContent(SearchKey key) {
    return switch (key) {
      case SearchKey.And and ->
          !and.keys().isEmpty() && and.keys().stream().allMatch(Filters::isContent);
      case SearchKey.Or or -> isContent(or.left()) && isContent(or.right());
      case SearchKey.Not not -> isContent(not.key());
      case SearchKey.Before before -> before.date() == SearchKey.DateOf.SENT;
      case SearchKey.On on -> on.date() == SearchKey.DateOf.SENT;
      case SearchKey.Since since -> since.date() == SearchKey.DateOf.SENT;
      case SearchKey.InThread thread -> true;
      case SearchKey.Header header -> true;
      case SearchKey.Body body -> true;
      case SearchKey.Text text -> true;
      case SearchKey.All all -> false;
      case SearchKey.Uids uids -> false;
      case SearchKey.HasFlag flag -> false;
      case SearchKey.Larger larger -> false;
      case SearchKey.Smaller smaller -> false;
      case SearchKey.Younger younger -> false;
      case SearchKey.Older older -> false;
      case SearchKey.ModSeqAtLeast modSeq -> false;
      case SearchKey.Content content -> false;
    };
  }

  /** Whether a key asks, among others, for what contents hold. */
  static boolean asksContent(SearchKey key) {
    return switch (key) {
      case SearchKey.And and -> and.keys().stream().anyMatch(Filters::asksContent);
      case SearchKey.Or or -> asksContent(or.left()) || asksContent(or.right());
      case SearchKey.Not not -> asksContent(not.key());
      default -> isContent(key);
    };
  }

  /** Whether an index finds what fits without looking at the user's other messages. */
  static boolean isIndexed(SearchKey key) {
    return switch (key) {
      case SearchKey.InThread thread -> true;
      case SearchKey.On on -> on.date() == SearchKey.DateOf.SENT;
      case SearchKey.Header header -> isMessageId(header, Needle.of(header.text()));
      case SearchKey.And and -> and.keys().stream().anyMatch(Filters::isIndexed);
      default -> false;
    };
  }

  /** The condition of a key for which {@link #isContent} holds. */
  Filter of(SearchKey key) {
    return switch (key) {
      case SearchKey.And and -> Filter.and(and.keys().stream().map(this::of).toList());
      case SearchKey.Or or -> Filter.either(of(or.left()), of(or.right()));
      case SearchKey.Not not -> of(not.key()).not();
      case SearchKey.Before before -> sent(new BsonDocument("$lt", day(before.day())));
      case SearchKey.On on -> sent(day(on.day()));
      case SearchKey.Since since -> sent(new BsonDocument("$gte", day(since.day())));
      case SearchKey.InThread thread -> thread(thread.thread());
      case SearchKey.Header header -> header(header);
      case SearchKey.Body body -> body(Needle.of(body.text()));
      case SearchKey.Text text -> text(Needle.of(text.text()));
      default -> throw new IllegalArgumentException("not about contents: " + key);
    };
  }

  private static BsonInt64 day(LocalDate day) {
    return new BsonInt64(day.toEpochDay());
  }

  private static Filter sent(BsonValue condition) {
    return Filter.exactly(new BsonDocument("sentDay", condition));
  }

  private static Filter thread(String thread) {
    return Filter.exactly(
        ObjectId.isValid(thread)
            ? new BsonDocument("thread", new BsonObjectId(new ObjectId(thread)))
            : Filter.NONE);
  }

  /** Whether a header key names one message id, which an index knows. */
  private static boolean isMessageId(SearchKey.Header header, Needle needle) {
    return SearchFields.name(header.name()).equals("message-id")
        && needle.text().length() <= SearchFields.MAX_ID
        && SearchFields.messageIds(needle.text()).equals(List.of(needle.text()));
  }

  private Filter header(SearchKey.Header header) {
    Needle needle = Needle.of(header.text());
    if (isMessageId(header, needle)) {
      BsonString id = new BsonString(needle.text());
      BsonArray orMore = new BsonArray(List.of(id, new BsonString(SearchFields.MORE_IDS)));
      return new Filter(
          new BsonDocument("msgids", new BsonDocument("$in", orMore)),
          new BsonDocument("msgids", id),
          true);
    }
    String name = SearchFields.name(header.name());
    return headers(needle, needle.patternInHeader(name, settings.regexLength()));
  }

  private Filter headers(Needle needle, BsonRegularExpression pattern) {
    Filter found = Filter.unless("headersCut", new BsonDocument("headers", pattern));
    return needle.fits(settings.regexLength())
        ? found
        : new Filter(found.may(), Filter.NONE, false);
  }

  private Filter body(Needle needle) {
    if (needle.text().isEmpty()) {
      return Filter.exactly(Filter.ALL);
    }
    if (needle.isWord() && needle.fits(settings.regexLength())) {
      return Filter.unless(
          "wordsCut", new BsonDocument("words", needle.pattern(settings.regexLength())));
    }
    Filter candidates =
        Filter.unless(
            "wordsCut",
            Filter.and(
                needle.wordPatterns(settings.regexLength(), settings.regexWords()).stream()
                    .map(pattern -> new BsonDocument("words", pattern))));
    return new Filter(candidates.may(), Filter.NONE, false);
  }

  private Filter text(Needle needle) {
    if (needle.text().isEmpty()) {
      return Filter.exactly(Filter.ALL);
    }
    return Filter.either(headers(needle, needle.pattern(settings.regexLength())), body(needle));
  }
}
