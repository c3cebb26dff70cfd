package net.mailagent.store.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.TimeMachine;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** Whether the store holds what its users have, and nothing else. One thread. */
public final class Leftovers {
  private Leftovers() {}

  /**
   * Sweeps until nothing is left to be done, weeks later, and requires that nothing is missing and
   * nothing left over.
   *
   * @param users all users there are; they get the documents by which the sweeper finds them
   */
  public static void requireNoneAfterSweeping(StoreSettings settings, Collection<UserId> users) {
    TimeMachine time = new TimeMachine(Interceptor.NONE);
    try (Store store = Store.open(settings, time);
        MongoConnection behind = MongoConnection.open(settings.mongo(), Interceptor.NONE)) {
      var failed =
          behind
              .documents("users")
              .insertEach(
                  users.stream()
                      .map(user ->
                          new BsonDocument("_id", Ids.bson(user))
                              .append("username", Ids.bson(user)))
                      .toList());
      assertThat(failed).isEmpty();
      sweepThrough(store, time);
      require(store.journals(), behind, users);
    }
  }

  /** Sweeps a grace after the other, until nothing is left to be done. */
  static void sweepThrough(Store store, TimeMachine time) {
    for (int i = 0; i < 4; i++) {
      time.skip(Duration.ofDays(15), store);
      assertThat(store.sweeper().sweep()).isTrue();
    }
  }

  /** No content is missing or left over, no blob, no file, no chunk. */
  public static void require(Journals journals, MongoConnection behind, Collection<UserId> users) {
    Set<BsonValue> contents = new HashSet<>();
    for (UserId user : users) {
      journals.forget(user);
      UserState state = ExpungedSweep.loaded(journals, user);
      for (MailboxState mailbox : state.mailboxesAndTombstones()) {
        mailbox.expunged().forEach(gone -> contents.add(Ids.bson(gone.row().content())));
        if (!mailbox.deleted()) {
          mailbox
              .messages()
              .rows(mailbox.messages().uids())
              .forEach(row -> contents.add(Ids.bson(row.content())));
        }
      }
    }
    Set<BsonValue> blobs = new HashSet<>();
    Set<BsonValue> stored = new HashSet<>();
    for (BsonDocument content : all(behind, "messages")) {
      stored.add(content.get("_id"));
      if (content.containsKey("blobs")) {
        blobs.addAll(content.getArray("blobs"));
      }
    }
    same("contents", stored, contents);
    Set<BsonValue> files = new HashSet<>();
    Set<BsonValue> names = new HashSet<>();
    for (BsonDocument blob : all(behind, "blobs")) {
      names.add(blob.get("_id"));
      files.add(blob.get("file"));
    }
    same("blobs", names, blobs);
    same("files", values(behind, "attachments.files", "_id"), files);
    same("chunks", values(behind, "attachments.chunks", "files_id"), files);
  }

  private static void same(String what, Set<BsonValue> there, Set<BsonValue> wanted) {
    Set<BsonValue> left = new HashSet<>(there);
    left.removeAll(wanted);
    assertThat(left).as("%s left over", what).isEmpty();
    Set<BsonValue> missing = new HashSet<>(wanted);
    missing.removeAll(there);
    assertThat(missing).as("%s missing", what).isEmpty();
  }

  private static Set<BsonValue> values(MongoConnection behind, String collection, String field) {
    Set<BsonValue> values = new HashSet<>();
    all(behind, collection).forEach(document -> values.add(document.get(field)));
    return values;
  }

  static List<BsonDocument> all(MongoConnection behind, String collection) {
    return behind.documents(collection).find(Query.of(new BsonDocument()), 100_000);
  }
}
