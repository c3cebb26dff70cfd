package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One mailbox that everybody writes to, from one node and from three: nobody starves. */
class HotMailboxTest {
  private static final Origin ORIGIN = new Origin("lmtp", "", "delivery");
  private static final int WRITERS = 30;
  private static final int EACH = 20;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void allWritersGetThrough(int nodes) throws Exception {
    List<Store> stores = new ArrayList<>();
    try (TestDatabase database = TestDatabase.open()) {
      try {
        for (int i = 0; i < nodes; i++) {
          stores.add(Store.open(database.settings()));
        }
        UserId user = UserId.random();
        stores.get(0).journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
        long began = System.nanoTime();
        long worst = 0;
        List<Future<Long>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int w = 0; w < WRITERS; w++) {
            Store store = stores.get(w % nodes);
            all.add(threads.submit(() -> write(store, user)));
          }
        }
        for (Future<Long> one : all) {
          worst = Math.max(worst, one.get());
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        long entries = stores.get(0).mailboxes().current(user).seq();
        System.out.printf(
            "hot mailbox, %d node(s): %d deliveries in %d entries, %d per second, slowest %d ms%n",
            nodes, WRITERS * EACH, entries, WRITERS * EACH * 1000L / millis, worst);
        for (Store store : stores) {
          assertThat(
                  store
                      .mailboxes()
                      .current(user)
                      .mailbox(MailboxPath.INBOX)
                      .orElseThrow()
                      .counters()
                      .messages())
              .isEqualTo(WRITERS * EACH);
        }
      } finally {
        stores.forEach(Store::close);
      }
    }
  }

  /** Says how long the slowest commit took, in milliseconds. */
  private static long write(Store store, UserId user) {
    long slowest = 0;
    for (int i = 0; i < EACH; i++) {
      long began = System.nanoTime();
      store
          .mailboxes()
          .commit(
              user,
              ORIGIN,
              new AddMessages(
                  null,
                  List.of(new AddMessages.Message(ContentId.random(), Flags.NONE, 1, 1)),
                  null));
      slowest = Math.max(slowest, System.nanoTime() - began);
    }
    return slowest / 1_000_000;
  }
}
