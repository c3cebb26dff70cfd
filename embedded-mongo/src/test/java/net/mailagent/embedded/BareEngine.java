package net.mailagent.embedded;

import java.nio.file.Path;
import java.util.Map;

/** An engine without its network, on files that can crash. */
record BareEngine(Store store, Catalog catalog, Commands commands, Cursors cursors)
    implements AutoCloseable {

  static BareEngine on(CrashingFiles files) {
    return on(files, EmbeddedMongoSettings.in(Path.of("unused")).withCheckpointBytes(1 << 16));
  }

  static BareEngine on(CrashingFiles files, EmbeddedMongoSettings settings) {
    return open(files.directory(), settings);
  }

  static BareEngine open(String directory, EmbeddedMongoSettings settings) {
    Store store = Store.open(settings, directory);
    Catalog catalog = new Catalog(store);
    Cursors cursors = new Cursors(store, settings.cursorIdleTime());
    return new BareEngine(store, catalog, new Commands(catalog, store, cursors, settings), cursors);
  }

  /** Runs a command that must succeed. */
  Doc run(Doc command) {
    DocWriter out = new DocWriter();
    commands.handle(Command.of(command, Map.of(), false), out);
    Doc reply = out.toDoc();
    if (!reply.getBoolean("ok", false)) {
      throw new AssertionError(reply.toString());
    }
    return reply;
  }

  /** As {@link #run}, from the driver's types. */
  org.bson.BsonDocument run(org.bson.BsonDocument command) {
    return new org.bson.RawBsonDocument(run(Bytes.of(command)).copyBytes());
  }

  @Override
  public void close() {
    store.close();
  }
}
