package net.mailagent.store.journal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.store.mongo.Cursor;

/**
 * What must be true of every user at any time, whatever happened: held against the whole history
 * from entry 1, which is read here without the code under test but the codec. One thread.
 */
final class Audit {
  private final Node node;
  private final UserId user;
  private final List<JournalEntry> history = new ArrayList<>();

  /**
   * @param node reads cold, by a connection without faults
   */
  Audit(Node node, UserId user) {
    this.node = node;
    this.user = user;
  }

  /** Reads on; what is trimmed later is remembered. */
  Audit read() {
    try (Cursor tail = node.journals.store().tail(user, history.size(), 1000)) {
      while (tail.hasNext()) {
        history.add(node.journals.store().decode(tail.next()).entry());
      }
    }
    return this;
  }

  List<JournalEntry> history() {
    return history;
  }

  /** The fold of the whole history. */
  UserState truth() {
    UserState truth = UserState.empty(user);
    for (JournalEntry entry : history) {
      truth = Fold.fold(truth, entry); // fails unless dense
    }
    return truth;
  }

  /** Checks all, and answers the state that a cold load gave. */
  UserState check() {
    read();
    UserState truth = truth();
    assertThat(history.stream().map(JournalEntry::id)).as("ids").doesNotHaveDuplicates();
    ascending();
    node.journals.forget(user);
    UserState state = node.everything(user);
    assertThat(state.sameAs(truth)).as("state and fold at %s", truth.seq()).isTrue();
    recount(state);
    return state;
  }

  /** As {@link #check}, and once more from checkpoints alone. */
  UserState checkTwice() {
    check();
    node.checkpoints.write(user);
    return check();
  }

  private void ascending() {
    Map<MailboxId, Integer> top = new HashMap<>();
    for (JournalEntry entry : history) {
      for (Change change : entry.changes()) {
        if (change instanceof Change.Added added) {
          for (Placement row : added.messages()) {
            assertThat(row.uid()).as("uids").isGreaterThan(top.getOrDefault(added.mailbox(), 0));
            top.put(added.mailbox(), row.uid());
          }
        }
      }
    }
  }

  /** Counters and quota, told from the placements alone. */
  static void recount(UserState state) {
    long quota = 0;
    for (MailboxState mailbox : state.mailboxes()) {
      int unseen = 0;
      int deleted = 0;
      long size = 0;
      int messages = mailbox.messages().size();
      for (int i = 0; i < messages; i++) {
        Placement row = mailbox.messages().at(i);
        unseen += row.flags().seen() ? 0 : 1;
        deleted += row.flags().deleted() ? 1 : 0;
        size += row.size();
        assertThat(row.uid()).isLessThan(mailbox.counters().uidNext());
        assertThat(row.modSeq()).isBetween(1L, mailbox.modSeq());
      }
      assertThat(mailbox.counters().messages()).as("messages").isEqualTo(messages);
      assertThat(mailbox.counters().unseen()).as("unseen").isEqualTo(unseen);
      assertThat(mailbox.counters().deleted()).as("deleted").isEqualTo(deleted);
      assertThat(mailbox.counters().size()).as("size").isEqualTo(size);
      quota += size;
    }
    assertThat(state.root().quotaUsed()).as("quota").isEqualTo(quota);
  }

  /** The octets of everything that is placed, each whole: no content and no blob is missing. */
  Map<ContentId, String> contents(UserState state) {
    Set<ContentId> placed = new HashSet<>();
    for (MailboxState mailbox : state.mailboxes()) {
      for (int i = 0; i < mailbox.messages().size(); i++) {
        placed.add(mailbox.messages().at(i).content());
      }
    }
    Map<ContentId, String> contents = new HashMap<>();
    node.messages.read(
        user,
        placed,
        Set.of(Messages.Field.CONTENT),
        message -> contents.put(message.id(), text(message.open(Section.WHOLE).orElseThrow())));
    assertThat(contents.keySet()).as("contents").isEqualTo(placed);
    return contents;
  }

  private static String text(ByteSource source) {
    StringBuilder text = new StringBuilder();
    long length = source.length();
    for (ByteBuffer block = source.next(); block != null; block = source.next()) {
      text.append(ISO_8859_1.decode(block));
    }
    assertThat(text.length()).as("octets").isEqualTo((int) length);
    return text.toString();
  }
}
