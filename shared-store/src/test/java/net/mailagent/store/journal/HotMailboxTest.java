package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One mailbox that everybody writes to, from one node and from three: nobody starves, and what a
 * change costs is bounded. Printed: changes per second, the slowest, calls to the database.
 */
class HotMailboxTest {
  private static final Origin ORIGIN = new Origin("lmtp", "", "delivery");

  /** Writers at a time, each one after the other to a node of its own, or to the next one. */
  @ParameterizedTest
  @CsvSource({"1, 30, 20", "3, 30, 20", "3, 3, 60", "2, 1, 100", "3, 1, 100"})
  void allWritersGetThrough(int nodes, int writers, int each) throws Exception {
    List<Store> stores = new ArrayList<>();
    try (TestDatabase database = TestDatabase.open()) {
      try {
        for (int i = 0; i < nodes; i++) {
          stores.add(Store.open(database.settings()));
        }
        UserId user = UserId.random();
        stores.get(0).journals().begin(user, ORIGIN, new OpenAccount(Map.of(), 0));
        stores.forEach(store -> store.mailboxes().current(user));
        long calls = calls(stores);
        long began = System.nanoTime();
        List<Future<long[]>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          for (int w = 0; w < writers; w++) {
            List<Store> own = writers == 1 ? stores : List.of(stores.get(w % nodes));
            all.add(threads.submit(() -> write(own, user, each)));
          }
        }
        List<Long> took = new ArrayList<>();
        for (Future<long[]> one : all) {
          Arrays.stream(one.get()).forEach(took::add);
        }
        took.sort(null);
        long micros = (System.nanoTime() - began) / 1000;
        calls = calls(stores) - calls;
        long entries = stores.get(0).mailboxes().current(user).seq() - 1;
        int changes = writers * each;
        System.out.printf(
            "hot mailbox, %d node(s), %2d writer(s): %5d changes/s, %.2f calls each, %3d entries;"
                + " median %.1f ms, slowest %d ms%n",
            nodes,
            writers,
            changes * 1_000_000L / micros,
            (double) calls / changes,
            entries,
            took.get(took.size() / 2) / 1000.0,
            took.getLast() / 1000);
        if (writers == 1) { // to one node after the other: each reads what the others wrote
          assertThat((double) calls / changes).isLessThan(2.5);
        }
        for (Store store : stores) {
          assertThat(
                  store
                      .mailboxes()
                      .current(user)
                      .mailbox(MailboxPath.INBOX)
                      .orElseThrow()
                      .counters()
                      .messages())
              .isEqualTo(changes);
        }
      } finally {
        stores.forEach(Store::close);
      }
    }
  }

  private static long calls(List<Store> stores) {
    return stores.stream()
        .flatMap(store -> store.connection().calls().counts().values().stream())
        .mapToLong(count -> count)
        .sum();
  }

  /** How long each commit took, in microseconds. */
  private static long[] write(List<Store> stores, UserId user, int each) {
    long[] took = new long[each];
    for (int i = 0; i < each; i++) {
      long began = System.nanoTime();
      stores.get(i % stores.size()).mailboxes().commit(user, ORIGIN, OneMessage.add());
      took[i] = (System.nanoTime() - began) / 1000;
    }
    return took;
  }
}
