package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.mongo.Ids;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.junit.jupiter.api.Test;

/** What is read for many users at once, when something is wrong with one of them. */
class CatchUpsTest {
  private static final Origin ORIGIN = new Origin("test", "", "");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void oneEntryThatCannotBeReadStopsNobodyElsesNews() throws Exception {
    SlowTimer.Settings never = new SlowTimer.Settings(Duration.ofHours(1), 500);
    Set<UserId> woken = ConcurrentHashMap.newKeySet();
    List<UserId> users = new ArrayList<>();
    try (TestDatabase database = TestDatabase.open();
        Store other = Store.open(database.settings());
        Store here = Store.open(database.settings().withSlowTimer(never))) {
      for (int n = 0; n < 9; n++) {
        UserId user = UserId.random();
        users.add(user);
        other.journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
        MailboxId inbox =
            here.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
        here.changes().subscribe(user, () -> woken.add(user));
        here.mailboxes().current(user, Set.of(inbox)); // what the subscriber has been shown
      }
      users.forEach(user -> other.mailboxes().commit(user, ORIGIN, OneMessage.add()));
      UserId damaged = users.get(users.size() / 2);
      BsonDocument entry =
          new BsonDocument("_id", EntryCodec.id(damaged, 2))
              .append("user", Ids.bson(damaged))
              .append("seq", new BsonInt64(2));
      BsonDocument without =
          new BsonDocument("$unset", new BsonDocument("changes", BsonBoolean.TRUE));
      assertThat(here.connection().documents("journal").update(entry, without)).isTrue();
      woken.clear();
      here.catchUpSoon(users);
      long limit = System.nanoTime() + LIMIT.toNanos();
      while (!woken.containsAll(users)) { // that one finds out for itself what is wrong
        assertThat(System.nanoTime()).as("woken: %s", woken).isLessThan(limit);
        Thread.sleep(5);
      }
    }
  }
}
