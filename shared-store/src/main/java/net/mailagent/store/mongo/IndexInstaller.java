package net.mailagent.store.mongo;

import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Makes the indexes, and on request the shard keys, that the files in indexes/ describe: one file
 * per collection, packaged as resources. Idempotent; runs at start on every node.
 *
 * <p>A file has {@code collection}, optionally {@code shardKey} and {@code indexes}: a list of
 * {@code name}, {@code key}, and optionally {@code unique}, {@code sparse} and {@code
 * partialFilterExpression}.
 */
public final class IndexInstaller {
  private static final String KNOWN = "/indexes/journal.json";

  private IndexInstaller() {}

  /** The descriptions of all collections. */
  public static List<BsonDocument> descriptions() {
    URL known = Objects.requireNonNull(IndexInstaller.class.getResource(KNOWN), KNOWN);
    try {
      URI uri = known.toURI();
      if (uri.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
          return readAll(jar.getPath(KNOWN).resolveSibling(""));
        }
      }
      return readAll(Objects.requireNonNull(Path.of(uri).getParent()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<BsonDocument> readAll(Path folder) throws IOException {
    List<BsonDocument> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".json")) {
          all.add(BsonDocument.parse(Files.readString(file)));
        }
      }
    }
    return all;
  }

  /** Installs everything on that database. */
  public static void install(MongoConnection connection) {
    for (BsonDocument description : descriptions()) {
      String name = description.getString("collection").getValue();
      if (connection.settings().shard() && description.containsKey("shardKey")) {
        shard(connection, name, description.getDocument("shardKey"));
      }
      List<IndexModel> indexes = new ArrayList<>();
      for (BsonValue value : description.getArray("indexes", new BsonArray())) {
        indexes.add(index(value.asDocument()));
      }
      if (!indexes.isEmpty()) {
        create(connection, name, indexes);
      }
    }
  }

  private static IndexModel index(BsonDocument index) {
    IndexOptions options =
        new IndexOptions()
            .name(index.getString("name").getValue())
            .unique(index.getBoolean("unique", BsonBoolean.FALSE).getValue())
            .sparse(index.getBoolean("sparse", BsonBoolean.FALSE).getValue());
    if (index.containsKey("partialFilterExpression")) {
      options.partialFilterExpression(index.getDocument("partialFilterExpression"));
    }
    return new IndexModel(index.getDocument("key"), options);
  }

  private static void create(MongoConnection connection, String name, List<IndexModel> indexes) {
    MongoCollection<BsonDocument> collection = connection.driverCollection(name);
    connection
        .documents(name)
        .counted(
            Call.Operation.CREATE_INDEX,
            null,
            indexes.size(),
            () ->
                Await.list(
                    collection.createIndexes(indexes),
                    indexes.size(),
                    connection.settings().callTimeout()));
  }

  private static void shard(MongoConnection connection, String name, BsonDocument key) {
    BsonDocument command =
        new BsonDocument(
                "shardCollection", new BsonString(connection.settings().database() + "." + name))
            .append("key", key);
    connection.adminCommand(command); // repeated with the same key it changes nothing
  }
}
