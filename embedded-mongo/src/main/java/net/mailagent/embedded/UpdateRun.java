package net.mailagent.embedded;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractMongoCollection;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.bson.Document;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * mongo-java-server's update operators, worked out on one document: a collection of theirs that
 * holds this document or, for an upsert, none. Nothing is stored here. One thread.
 */
final class UpdateRun extends AbstractMongoCollection<Integer> {
  private static final MongoDatabase NOWHERE = nowhere();

  private final @Nullable Document document;

  /** The database a collection of theirs must have; only its name is ever asked for. */
  private static MongoDatabase nowhere() {
    return (MongoDatabase)
        Proxy.newProxyInstance(
            MongoDatabase.class.getClassLoader(),
            new Class<?>[] {MongoDatabase.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getDatabaseName")) {
                return "none";
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private UpdateRun(@Nullable Document document) {
    super(NOWHERE, "update", CollectionOptions.withDefaults(), new CursorRegistry());
    this.document = document;
  }

  /**
   * The document after the update.
   *
   * @param old null for an upsert: the new document is made of the query and the update
   * @param arrayFilters null when there are none
   * @throws MongoError for an update that cannot be applied, by MongoDB's code
   */
  static Doc apply(@Nullable Doc old, Doc query, Doc update, @Nullable Value arrayFilters) {
    DocWriter command =
        new DocWriter()
            .begin()
            .put("query", query)
            .put("update", update)
            .put("new", true)
            .put("upsert", old == null);
    if (arrayFilters != null) {
      command.put("arrayFilters", arrayFilters);
    }
    Doc request = command.end().toDoc();
    return Library.call(() -> {
      UpdateRun run = new UpdateRun(old == null ? null : Library.decode(old));
      Object result = run.findAndModify(Library.decode(request)).get("value");
      if (!(result instanceof Document updated)) {
        throw new IllegalStateException("an update without a result: " + request);
      }
      return Library.encode(updated);
    });
  }

  @Override
  protected QueryResult queryDocuments(
      Document query,
      Document orderBy,
      int numberToSkip,
      int limit,
      int batchSize,
      Document fieldSelector) {
    return new QueryResult(document == null ? List.of() : List.of(document));
  }

  @Override
  protected Integer findDocumentPosition(Document wanted) {
    return 0;
  }

  @Override
  protected void handleUpdate(Integer position, Document oldDocument, Document newDocument) {
    // the caller stores what findAndModify returns
  }

  @Override
  public void addDocument(Document added) {
    // an upsert: the caller stores what findAndModify returns
  }

  @Override
  protected boolean tracksDataSize() {
    return false;
  }

  @Override
  public int count() {
    return document == null ? 0 : 1;
  }

  @Override
  protected QueryResult matchDocuments(
      Document query,
      Document orderBy,
      int numberToSkip,
      int numberToReturn,
      int batchSize,
      Document fieldSelector) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected Document getDocument(Integer position) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void updateDataSize(int sizeDelta) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected int getDataSize() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected Integer addDocumentInternal(Document added) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void removeDocument(Integer position) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected Stream<DocumentWithPosition<Integer>> streamAllDocumentsWithPosition() {
    throw new UnsupportedOperationException();
  }
}
