package net.mailagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.h2.mvstore.Cursor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A full disk: writes are refused, nothing acknowledged is lost, and it goes on when there is room.
 */
class FullDiskTest {
  private static final int OUT_OF_DISK_SPACE = 14031;

  @Test
  void refusesWritesAndRecovers() {
    CrashingFiles files = CrashingFiles.create("full");
    Set<String> acknowledged = new TreeSet<>();
    Set<String> tried = new TreeSet<>();
    CrashingFiles after;
    // no checkpoint falls into the test: how much room there is for one these files do not say
    EmbeddedMongoSettings settings = EmbeddedMongoSettings.in(Path.of("unused"));
    try (BareEngine engine = BareEngine.on(files, settings)) {
      int next = insertUntil(engine, 0, 20, acknowledged, tried);
      for (int round = 0; round < 3; round++) {
        files.full(true);
        next = insertUntil(engine, next, Integer.MAX_VALUE, acknowledged, tried);
        int there = acknowledged.size();
        assertThat(insertUntil(engine, next, next + 5, acknowledged, tried)).isEqualTo(next + 1);
        assertThat(acknowledged).hasSize(there);
        assertThat(ids(engine)).containsAll(acknowledged); // reading goes on
        files.full(false);
        next = insertUntil(engine, next + 1, next + 200, acknowledged, tried);
        assertThat(acknowledged).hasSizeGreaterThan(there + 190);
      }
      after = files.crash("full-after", 0.5, new Random(1));
    }
    try (BareEngine survivor = BareEngine.on(after)) {
      assertThat(ids(survivor)).containsAll(acknowledged);
      assertThat(tried).containsAll(ids(survivor));
    }
  }

  /** The log has room, the file of the maps has none: as when the disk fills in a checkpoint. */
  @Test
  void checkpointWaitsForRoom() {
    CrashingFiles files = CrashingFiles.create("full-checkpoint");
    Set<String> acknowledged = new TreeSet<>();
    Set<String> tried = new TreeSet<>();
    CrashingFiles after;
    try (BareEngine engine = BareEngine.on(files)) {
      int next = insertUntil(engine, 0, 100, acknowledged, tried);
      for (int round = 0; round < 3; round++) {
        files.full(true);
        next = insertUntil(engine, next, Integer.MAX_VALUE, acknowledged, tried);
        assertThat(ids(engine)).containsAll(acknowledged);
        files.full(false);
        int there = acknowledged.size();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (acknowledged.size() < there + 200) { // refused until the checkpoint is through
          assertThat(System.nanoTime()).isLessThan(limit);
          next = insertUntil(engine, next, next + 200, acknowledged, tried);
        }
      }
      assertThat(engine.store().failure()).isNotDone();
      files.full(true);
      next = insertUntil(engine, next, Integer.MAX_VALUE, acknowledged, tried);
      after = files.crash("full-checkpoint-after", 0.5, new Random(1));
    } // closes though the checkpoint waits
    try (BareEngine survivor = BareEngine.on(after)) {
      assertThat(ids(survivor)).containsAll(acknowledged);
    }
    files.full(false);
    try (BareEngine again = BareEngine.on(files)) {
      assertThat(ids(again)).containsAll(acknowledged);
      assertThat(tried).containsAll(ids(again));
    }
  }

  /** The disk refuses the beginning of a new epoch, and takes the next checkpoint. */
  @Test
  void aCheckpointThatGoesOnShowsOnlyWhatIsOnDisk() {
    CrashingFiles files = CrashingFiles.create("full-begin");
    CrashingFiles[] shown = new CrashingFiles[1];
    try (BareEngine engine = BareEngine.on(files)) {
      Store store = engine.store();
      files.full(true);
      assertThatThrownBy(store::checkpoint).isInstanceOf(UncheckedIOException.class);
      files.full(false);
      store.apply(List.of(new Change(9, new byte[] {1}, new byte[] {2})), at -> {});
      store.atCheckpoint(() -> shown[0] = files.crash("full-begin-after", 0, new Random(1)));
      store.checkpoint();
      store.atCheckpoint(() -> {});
    }
    try (BareEngine survivor = BareEngine.on(shown[0])) {
      assertThat(survivor.store().map(9)).hasSize(1);
    }
  }

  /** No checkpoint, though the disk has room for all. */
  @Test
  void aLogThatNoCheckpointEndsIsBounded() {
    CrashingFiles files = CrashingFiles.create("full-log");
    Set<String> acknowledged = new TreeSet<>();
    Set<String> tried = new TreeSet<>();
    CrashingFiles after;
    Set<String> before;
    try (BareEngine engine = BareEngine.on(files)) {
      Store.Quiet quiet = engine.store().tryQuiet();
      int next = insertUntil(engine, 0, 8_000, acknowledged, tried);
      after = files.crash("full-log-after", 0, new Random(1));
      Objects.requireNonNull(quiet).end();
      assertThat(next).isBetween(4_000, 7_000); // of 3 kB: 16 MiB
      before = Set.copyOf(acknowledged);
      assertThat(ids(engine)).containsAll(before);
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (acknowledged.size() < before.size() + 200) { // until the checkpoint is through
        assertThat(System.nanoTime()).isLessThan(limit);
        next = insertUntil(engine, next, next + 200, acknowledged, tried);
      }
    }
    try (BareEngine survivor = BareEngine.on(after)) {
      assertThat(ids(survivor)).containsAll(before);
    }
  }

  /** The thread that writes checkpoints ends: the engine does, too. */
  @Test
  void anErrorInACheckpointIsAFailure() {
    CrashingFiles files = CrashingFiles.create("full-error");
    Set<String> acknowledged = new TreeSet<>();
    try (BareEngine engine = BareEngine.on(files)) {
      insertUntil(engine, 0, 10, acknowledged, new TreeSet<>());
      engine
          .store()
          .atCheckpoint(() -> {
            throw new StackOverflowError("for a test");
          });
      String fill = "x".repeat(1 << 16);
      engine.run(Bytes.of("{insert: 'c', $db: 'd', documents: [{fill: '" + fill + "'}]}"));
      assertThat(engine.store().failure()).succeedsWithin(20, TimeUnit.SECONDS);
    }
    try (BareEngine again = BareEngine.on(files)) {
      assertThat(ids(again)).hasSize(11).containsAll(acknowledged);
    }
  }

  @Test
  void aLogTooLongToBeReadIsNotCut(@TempDir Path directory) throws Exception {
    EmbeddedMongoSettings settings = EmbeddedMongoSettings.in(directory);
    BareEngine.open(directory.toString(), settings).close();
    try (RandomAccessFile log = new RandomAccessFile(directory.resolve("log1").toFile(), "rw")) {
      log.setLength(3L << 30); // a hole, for the most part
    }
    assertThatThrownBy(() -> BareEngine.open(directory.toString(), settings))
        .isInstanceOf(UncheckedIOException.class)
        .hasStackTraceContaining("a log of 3221225472 bytes");
  }

  /** Stops at the first that is refused; says which would be the next. */
  private static int insertUntil(
      BareEngine engine, int from, int to, Set<String> acknowledged, Set<String> tried) {
    for (int n = from; n < to; n++) {
      String id = "id" + n;
      tried.add(id);
      DocWriter out = new DocWriter().begin().put("insert", "c").put("$db", "d");
      out.beginArray("documents").beginElement().put("_id", id);
      Doc command = out.put("fill", "x".repeat(3000)).end().end().end().toDoc();
      DocWriter answer = new DocWriter();
      engine.commands().handle(Command.of(command, Map.of(), false), answer);
      Doc reply = answer.toDoc();
      if (reply.getBoolean("ok", false) && reply.get("writeErrors") == null) {
        acknowledged.add(id);
      } else {
        assertThat(reply.toString()).contains("" + OUT_OF_DISK_SPACE);
        return n + 1;
      }
    }
    return to;
  }

  private static Set<String> ids(BareEngine engine) {
    Set<String> ids = new TreeSet<>();
    Collection collection = engine.catalog().findOrCreate("d.c");
    for (Cursor<byte[], byte[]> all = new Cursor<>(collection.snapshot().docs(), null, null);
        all.hasNext(); ) {
      all.next();
      ids.add(String.valueOf(new Doc(all.getValue()).getString("_id")));
    }
    return ids;
  }
}
