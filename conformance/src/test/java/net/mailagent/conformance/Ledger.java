package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client that works until its server dies, and then says whether what it was promised is still
 * so. Of the one command that was under way nobody knows whether it happened: it may have, wholly,
 * or not at all. One thread at a time.
 */
abstract class Ledger {
  /** Commands that were acknowledged, of all clients. */
  static final AtomicLong ACKNOWLEDGED = new AtomicLong();

  final User user;
  private final List<String> mailboxes;
  private final Map<String, Snapshot> last = new TreeMap<>();
  // Every UID ever seen, and which message it is; for ever.
  private final Map<String, Map<Long, String>> everSeen = new TreeMap<>();

  Ledger(User user, String... mailboxes) {
    this.user = user;
    this.mailboxes = List.of(mailboxes);
  }

  /** What must be there before the work begins. */
  abstract void prepare(Imap imap) throws IOException;

  /** One command after the other, until an {@link IOException} says that the server is gone. */
  abstract void work(int imap, int lmtp) throws IOException;

  /** Holds what was found against what was promised, and takes it as the truth from now on. */
  abstract void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) throws IOException;

  final void acknowledged() {
    ACKNOWLEDGED.incrementAndGet();
  }

  final void verify(Imap imap, Lmtp lmtp) throws IOException {
    Map<String, Snapshot> found = look(imap);
    check(found, imap, lmtp);
    look(imap);
  }

  /** Looks at its mailboxes; what may never change has not changed. */
  private Map<String, Snapshot> look(Imap imap) throws IOException {
    Map<String, Snapshot> found = new TreeMap<>();
    for (String mailbox : mailboxes) {
      Snapshot now = Snapshot.of(imap, mailbox);
      found.put(mailbox, now);
      Snapshot before = last.put(mailbox, now);
      if (before != null) {
        assertThat(now.uidValidity())
            .as("UIDVALIDITY of " + mailbox)
            .isEqualTo(before.uidValidity());
        assertThat(now.uidNext()).as("UIDNEXT").isGreaterThanOrEqualTo(before.uidNext());
        assertThat(now.highestModSeq()).as("MODSEQ").isGreaterThanOrEqualTo(before.highestModSeq());
      }
      if (!now.messages().isEmpty()) {
        assertThat(now.uidNext()).isGreaterThan(now.messages().lastKey());
      }
      now.ids().forEach((uid, id) -> isStill(mailbox, uid, id));
    }
    return found;
  }

  /** A UID means the same message for ever. */
  final void isStill(String mailbox, long uid, String id) {
    String before = everSeen.computeIfAbsent(mailbox, m -> new TreeMap<>()).putIfAbsent(uid, id);
    if (before != null) {
      assertThat(id).as("UID %d of %s", uid, mailbox).isEqualTo(before);
    }
  }

  /** The numbers of a UID set, in the order it names them. */
  static List<Long> uids(String set) {
    List<Long> uids = new ArrayList<>();
    for (String range : set.split(",")) {
      String[] ends = range.split(":");
      long from = Long.parseLong(ends[0]);
      long to = Long.parseLong(ends[ends.length - 1]);
      for (long uid = Math.min(from, to); uid <= Math.max(from, to); uid++) {
        uids.add(uid);
      }
    }
    return uids;
  }
}
