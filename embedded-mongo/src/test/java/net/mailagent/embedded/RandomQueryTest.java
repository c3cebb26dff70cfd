package net.mailagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/**
 * Random documents, random queries: an index must find what a scan of the collection finds, in the
 * same order, and the filter must say what mongo-java-server's matcher, another implementation,
 * says.
 */
class RandomQueryTest {
  private static final List<String> INDEXES =
      List.of(
          "{a: 1}",
          "{a: 1, b: -1}",
          "{b: 1, 'c.d': 1, a: -1}",
          "{'c.d': -1}",
          "{'c.d': 1, 'c.e': 1}",
          "{c: 1}");

  private final Random random = new Random(42);
  private boolean arrays = true;

  @Test
  void findsByIndexWhatAScanFinds() {
    CrashingFiles files = CrashingFiles.create("random");
    try (BareEngine engine = BareEngine.on(files)) {
      int number = 0;
      for (String index : INDEXES) {
        engine.run(
            BsonDocument.parse(
                "{createIndexes: 'c', $db: 'd', indexes: [{key: "
                    + index
                    + ", name: 'i"
                    + number++
                    + "'}]}"));
      }
      for (int i = 0; i < 300; i++) {
        change(engine, i);
      }
      int found = 0;
      int indexed = 0;
      for (int i = 0; i < 2000; i++) {
        BsonDocument filter = filter(2);
        BsonDocument sort = sort();
        BsonArray scanned = find(engine, filter, sort, true);
        BsonArray chosen = find(engine, filter, sort, false);
        assertThat(ids(chosen)).as("%s", filter).isEqualTo(ids(scanned));
        if (!sort.isEmpty()) {
          assertThat(keys(chosen, sort)).as("%s %s", filter, sort).isEqualTo(keys(scanned, sort));
        }
        found += chosen.size();
        indexed += usesIndex(engine, filter) ? 1 : 0;
      }
      assertThat(found).isGreaterThan(10_000);
      assertThat(indexed).isGreaterThan(1_000);
    }
    files.forget();
  }

  private void change(BareEngine engine, int i) {
    BsonDocument document = document().append("_id", new BsonInt32(i % 200));
    BsonDocument update =
        new BsonDocument("q", new BsonDocument("_id", new BsonInt32(i % 200)))
            .append("u", document)
            .append("upsert", BsonBoolean.TRUE);
    Doc reply =
        new Doc(
            Bytes.of(
                    engine.run(
                        new BsonDocument("update", new BsonString("c"))
                            .append("$db", new BsonString("d"))
                            .append("updates", new BsonArray(List.of(update)))))
                .copyBytes());
    // some have parallel arrays
    Value errors = reply.get("writeErrors");
    if (errors != null) {
      assertThat(errors.elements().getFirst().asDoc().getLong("code", 0)).isEqualTo(171);
    }
  }

  private static BsonArray find(
      BareEngine engine, BsonDocument filter, BsonDocument sort, boolean scan) {
    BsonDocument command =
        new BsonDocument("find", new BsonString("c"))
            .append("$db", new BsonString("d"))
            .append("filter", filter)
            .append("sort", sort)
            .append("batchSize", new BsonInt32(1000));
    if (scan) {
      command.append("hint", new BsonDocument("$natural", new BsonInt32(1)));
    }
    return engine.run(command).getDocument("cursor").getArray("firstBatch");
  }

  private static boolean usesIndex(BareEngine engine, BsonDocument filter) {
    BsonDocument find = new BsonDocument("find", new BsonString("c")).append("filter", filter);
    BsonDocument reply =
        engine.run(
            new BsonDocument("explain", find)
                .append("$db", new BsonString("d"))
                .append("verbosity", new BsonString("queryPlanner")));
    return !reply
        .getDocument("queryPlanner")
        .getDocument("winningPlan")
        .getString("stage")
        .getValue()
        .equals("COLLSCAN");
  }

  private static List<Integer> ids(BsonArray found) {
    return found.stream().map(doc -> doc.asDocument().getInt32("_id").getValue()).sorted().toList();
  }

  private static List<String> keys(BsonArray found, BsonDocument sort) {
    SortKeys keys = new SortKeys(SortKeys.parse(Bytes.of(sort)));
    List<String> result = new ArrayList<>();
    for (BsonValue doc : found) {
      result.add(Arrays.toString(keys.of(Bytes.of(doc.asDocument()))));
    }
    return result;
  }

  @Test
  void saysWhatAnotherMatcherSays() {
    arrays = false; // through which the other does not do as MongoDB: $exists, $not, two ranges
    int matched = 0;
    for (int i = 0; i < 20_000; i++) {
      BsonDocument filter = filter(2);
      BsonDocument document = document();
      boolean expected =
          new DefaultQueryMatcher()
              .matches(Library.decode(Bytes.of(document)), Library.decode(Bytes.of(filter)));
      assertThat(FilterParser.parse(Bytes.of(filter)).matches(Bytes.of(document)))
          .as("%s on %s", filter, document)
          .isEqualTo(expected);
      matched += expected ? 1 : 0;
    }
    assertThat(matched).isBetween(2_000, 18_000);
  }

  @Test
  void encodedNumbersAreInOrder() {
    TreeSet<Double> doubles = new TreeSet<>();
    List<BsonValue> values = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long number = random.nextLong() >> random.nextInt(64);
      values.add(new BsonInt64(number));
      values.add(new BsonInt64(number + 1));
      values.add(new BsonDouble(number));
      values.add(new BsonDouble(number * random.nextDouble()));
      doubles.add((double) number);
    }
    values.add(new BsonInt64(Long.MAX_VALUE));
    values.add(new BsonDouble(0x1p63));
    values.add(new BsonDouble(-0.0));
    values.add(new BsonInt32(0));
    List<java.math.BigDecimal> exact = new ArrayList<>();
    List<byte[]> encoded = new ArrayList<>();
    for (BsonValue value : values) {
      exact.add(
          value.isInt64()
              ? new java.math.BigDecimal(value.asInt64().getValue())
              : new java.math.BigDecimal(value.asNumber().doubleValue()));
      Value raw = Bytes.of(new BsonDocument("v", value)).get("v");
      encoded.add(KeyWriter.encode(raw == null ? Value.NULL : raw));
    }
    for (int i = 0; i < values.size(); i += 3) {
      for (int j = 0; j < values.size(); j += 5) {
        assertThat(Integer.signum(Arrays.compareUnsigned(encoded.get(i), encoded.get(j))))
            .as("%s %s", values.get(i), values.get(j))
            .isEqualTo(exact.get(i).compareTo(exact.get(j)));
      }
    }
    assertThat(doubles).isNotEmpty();
  }

  // ---- random values ----

  private BsonDocument document() {
    BsonDocument document = new BsonDocument();
    if (random.nextInt(5) > 0) {
      document.append("a", fieldValue());
    }
    if (random.nextInt(5) > 0) {
      document.append("b", scalar());
    }
    if (random.nextInt(5) > 0) {
      document.append("c", nested());
    }
    return document;
  }

  private BsonValue nested() {
    if (arrays && random.nextInt(3) == 0) {
      BsonArray array = new BsonArray();
      for (int i = random.nextInt(3); i > 0; i--) {
        array.add(inner());
      }
      return array;
    }
    return inner();
  }

  private BsonDocument inner() {
    BsonDocument inner = new BsonDocument();
    if (random.nextInt(4) > 0) {
      inner.append("d", scalar());
    }
    if (random.nextInt(4) > 0) {
      inner.append("e", scalar());
    }
    return inner;
  }

  private BsonValue fieldValue() {
    if (!arrays || random.nextInt(4) > 0) {
      return scalar();
    }
    BsonArray array = new BsonArray();
    for (int i = random.nextInt(4); i > 0; i--) {
      array.add(scalar());
    }
    return array;
  }

  private BsonValue scalar() {
    return switch (random.nextInt(8)) {
      case 0 -> BsonNull.VALUE;
      case 1 -> BsonBoolean.valueOf(random.nextBoolean());
      case 2 -> new BsonString("xyz".substring(0, random.nextInt(4)));
      case 3 -> new BsonInt64(random.nextInt(5));
      case 4 -> new BsonDouble(random.nextInt(10) / 2.0);
      default -> new BsonInt32(random.nextInt(5));
    };
  }

  private BsonDocument filter(int depth) {
    BsonDocument filter = new BsonDocument();
    for (int i = random.nextInt(3); i >= 0; i--) {
      if (depth > 0 && random.nextInt(6) == 0) {
        BsonArray parts = new BsonArray(List.of(filter(depth - 1), filter(depth - 1)));
        filter.append(List.of("$and", "$or", "$or", "$nor").get(random.nextInt(4)), parts);
      } else {
        filter.append(List.of("a", "b", "c.d", "c.e").get(random.nextInt(4)), condition());
      }
    }
    return filter;
  }

  private BsonValue condition() {
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> scalar();
      case 3 -> new BsonDocument("$gt", notNull());
      case 4 -> new BsonDocument("$lte", notNull());
      case 5 -> new BsonDocument("$gte", notNull()).append("$lt", notNull());
      case 6, 7 -> new BsonDocument("$in", new BsonArray(List.of(scalar(), scalar())));
      case 8 -> new BsonDocument("$exists", BsonBoolean.valueOf(random.nextBoolean()));
      case 9 -> new BsonDocument("$ne", scalar());
      case 10 -> new BsonDocument("$nin", new BsonArray(List.of(scalar(), scalar())));
      default -> new BsonDocument("$not", new BsonDocument("$gt", notNull()));
    };
  }

  private BsonValue notNull() {
    BsonValue value = scalar();
    return value.isNull() ? new BsonInt32(2) : value;
  }

  private BsonDocument sort() {
    BsonDocument sort = new BsonDocument();
    for (int i = random.nextInt(3); i > 0; i--) {
      sort.append(
          List.of("a", "b", "c.d").get(random.nextInt(3)),
          new BsonInt32(random.nextBoolean() ? 1 : -1));
    }
    return sort;
  }
}
