package net.mailagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.mvstore.Cursor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The proof that acknowledged means durable: the power fails at random moments under load, and
 * every write that was not forced is lost, wholly or sector by sector. What was acknowledged before
 * that moment must be there, and the indexes must agree with the documents.
 */
class CrashTest {
  private static final int WRITERS = 6;
  private static final int CRASHES = 25;
  private static final int DOCUMENTS = 300;

  /** What a writer knows of its documents: the last value acknowledged, and the one on its way. */
  private static final class Known {
    private volatile int acknowledged = -1;
    private volatile int attempted = -1;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.95})
  void keepsWhatItAcknowledged(double survivors) throws Exception {
    Random random = new Random(7);
    CrashingFiles files = CrashingFiles.create("disk");
    Map<String, Known> known = new ConcurrentHashMap<>();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    BareEngine engine = BareEngine.on(files);
    engine.run(createIndexes());
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      int writer = w;
      writers.add(Thread.ofPlatform().start(() -> write(engine, writer, known, stop, failure)));
    }
    for (int i = 0; i < CRASHES; i++) {
      Thread.sleep(random.nextInt(60));
      Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
      known.forEach((id, value) -> acknowledged.put(id, value.acknowledged));
      CrashingFiles after = files.crash("after", survivors, random);
      // the power fails again while that is put in order
      after.crashAtWrite(1 + random.nextInt(12), "again", survivors, random);
      checkSurvivor(after, acknowledged, known);
      CrashingFiles again = after.crashed();
      if (again != null) {
        checkSurvivor(again, acknowledged, known);
        again.forget();
      }
      after.forget();
    }
    stop.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    engine.close();
    assertThat(failure.get()).isNull();
    assertThat(known).hasSizeGreaterThan(100);
  }

  private static Doc createIndexes() {
    DocWriter out =
        new DocWriter().begin().put("createIndexes", "c").put("$db", "d").beginArray("indexes");
    for (String field : List.of("writer", "tags", "value")) {
      out.beginElement().beginDocument("key").put(field, 1);
      if (field.equals("writer")) {
        out.put("n", 1);
      }
      out.end().put("name", field).put("unique", field.equals("writer")).end();
    }
    return out.end().end().toDoc();
  }

  private static void write(
      BareEngine engine,
      int writer,
      Map<String, Known> known,
      AtomicBoolean stop,
      AtomicReference<Throwable> failure) {
    Random random = new Random(writer);
    try {
      for (int n = 0; !stop.get(); n++) {
        int which = random.nextInt(Math.min(n + 1, DOCUMENTS));
        String id = writer + "-" + which;
        Known mine = known.computeIfAbsent(id, key -> new Known());
        int next = mine.attempted + 1;
        mine.attempted = next;
        engine.run(replace(id, writer, which, next, random));
        mine.acknowledged = next;
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  private static Doc replace(String id, int writer, int which, int value, Random random) {
    DocWriter out =
        new DocWriter().begin().put("update", "c").put("$db", "d").beginArray("updates");
    out.beginElement().beginDocument("q").put("_id", id).end();
    out.beginDocument("u").put("writer", writer).put("n", which).put("value", value);
    out.beginArray("tags").add("t" + value % 3).add("u" + value % 5).end();
    out.put("fill", "x".repeat(random.nextInt(900))).end();
    return out.put("upsert", true).end().end().end().toDoc();
  }

  private static void checkSurvivor(
      CrashingFiles files, Map<String, Integer> acknowledged, Map<String, Known> known) {
    try (BareEngine survivor = BareEngine.on(files)) {
      Collection collection = survivor.catalog().findOrCreate("d.c");
      Snapshot snapshot = collection.snapshot();
      acknowledged.forEach((id, value) -> {
        Known now = known.getOrDefault(id, new Known());
        Doc doc = snapshot.find(KeyWriter.encode(Value.of(id)));
        long found = doc == null ? -1 : doc.getLong("value", -1);
        assertThat(found).as(id).isBetween((long) value, (long) now.attempted);
      });
      assertThat(snapshot.indexes()).hasSize(3);
      checkIndexes(snapshot);
    }
  }

  /** Every document has exactly its entries, and there are no others. */
  private static void checkIndexes(Snapshot snapshot) {
    for (Snapshot.Index index : snapshot.indexes()) {
      long expected = 0;
      Cursor<byte[], byte[]> docs = new Cursor<>(snapshot.docs(), null, null);
      while (docs.hasNext()) {
        byte[] id = docs.next();
        for (byte[] entry :
            IndexKeys.of(new Doc(docs.getValue()), index.spec().pattern()).entries(id)) {
          expected++;
          byte[] offset = index.entries().root.map.get(index.entries().root, entry);
          assertThat(offset).isNotNull();
          assertThat(Collection.idOf(entry, offset)).isEqualTo(id);
        }
      }
      assertThat(index.entries().getTotalCount()).isEqualTo(expected);
    }
  }

  /** A page of an index cannot be read when its document has been written already. */
  @Test
  void halfAnOperationIsNeverWrittenOut() {
    CrashingFiles files = CrashingFiles.create("half");
    EmbeddedMongoSettings settings = EmbeddedMongoSettings.in(Path.of("unused"));
    try (BareEngine engine = BareEngine.on(files, settings)) {
      engine.run(createIndexes());
      for (int n = 0; n < 2_000; n++) {
        engine.run(replace("0-" + n, 0, n, n, new Random(n)));
      }
    }
    try (BareEngine engine = BareEngine.on(files, settings)) {
      Doc before = find(engine, 7); // reads pages of the documents and the unique index only
      files.unreadable("store.mv", true);
      DocWriter reply = new DocWriter();
      Doc update =
          Bytes.of(
              "{update: 'c', $db: 'd',"
                  + " updates: [{q: {_id: '0-7'}, u: {$set: {value: 1000000, tags: []}}}]}");
      engine.commands().handle(Command.of(update, Map.of(), false), reply);
      assertThat(reply.toDoc().getLong("code", 0))
          .isEqualTo(ErrorKind.INTERRUPTED_AT_SHUTDOWN.code());
      assertThat(engine.store().failure()).isDone();
      assertThat(find(engine, 7)).isEqualTo(before);
      files.unreadable("store.mv", false);
      Change other = new Change(9, new byte[] {1}, new byte[] {2});
      assertThatThrownBy(() -> engine.store().apply(List.of(other), at -> {}))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(engine.store()::checkpoint).isInstanceOf(IllegalStateException.class);
    }
    try (BareEngine engine = BareEngine.on(files, settings)) {
      checkIndexes(engine.catalog().findOrCreate("d.c").snapshot());
    }
  }

  private static Doc find(BareEngine engine, int n) {
    Doc reply = engine.run(Bytes.of("{find: 'c', $db: 'd', filter: {writer: 0, n: " + n + "}}"));
    Value batch = reply.getDoc("cursor", Doc.EMPTY).get("firstBatch");
    assertThat(batch).isNotNull();
    return batch.elements().getFirst().asDoc();
  }

  @Test
  void aLostForceIsNoticed() {
    // the test's own files: without a force nothing survives, so the proof above can fail
    CrashingFiles files = CrashingFiles.create("plain");
    try (BareEngine engine = BareEngine.on(files)) {
      engine.store().apply(List.of(new Change(9, new byte[] {1}, new byte[] {2})), at -> {});
      CrashingFiles after = files.crash("lost", 0, new Random(1));
      try (BareEngine survivor = BareEngine.on(after)) {
        assertThat(survivor.store().map(9)).isEmpty();
      }
    }
  }
}
