package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Counters;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.Placement;
import org.junit.jupiter.api.Test;

/** Which events a journal entry gives. */
class PushEventTest {
  private static final MailboxId INBOX = new MailboxId("0a".repeat(12));
  private static final MailboxId JUNK = new MailboxId("0b".repeat(12));
  private static final Counters COUNTERS = new Counters(9, 3, 2, 0, 300, 0);

  private static Placement placement(int uid) {
    return new Placement(uid, ContentId.random(), Flags.of("\\Seen"), 0, 1, 0, 100);
  }

  private static List<PushEvent> events(Map<MailboxId, Counters> counters, Change... changes) {
    JournalEntry entry = entry(counters, changes);
    List<PushEvent> events = new ArrayList<>();
    PushEvent.each(entry, events::add);
    assertThat(PushEvent.count(entry)).isEqualTo(events.size());
    return events;
  }

  private static JournalEntry entry(Map<MailboxId, Counters> counters, Change... changes) {
    return new JournalEntry(
        UserId.random(), 7, "id", 0, new Origin("imap", "", ""), List.of(changes), counters, 12);
  }

  @Test
  void aNewMessageExistsAndIsCounted() {
    Placement message = placement(8);
    assertThat(
            events(
                Map.of(INBOX, COUNTERS),
                new Change.Added(INBOX, List.of(message), null, false),
                new Change.Delivered("key", 0)))
        .containsExactly(
            new PushEvent.Exists(INBOX, message, null, false),
            new PushEvent.Count(INBOX, COUNTERS));
  }

  @Test
  void aMoveIsToldAtBothEnds() {
    Placement one = placement(1);
    Placement two = placement(2);
    assertThat(
            events(
                Map.of(JUNK, COUNTERS, INBOX, COUNTERS),
                new Change.Added(JUNK, List.of(one, two), INBOX, true),
                new Change.Expunged(INBOX, UidSet.of(5, 7), JUNK)))
        .containsExactly(
            new PushEvent.Exists(JUNK, one, INBOX, true),
            new PushEvent.Moved(JUNK, one, INBOX),
            new PushEvent.Exists(JUNK, two, INBOX, true),
            new PushEvent.Moved(JUNK, two, INBOX),
            new PushEvent.Expunge(INBOX, 5, JUNK),
            new PushEvent.Expunge(INBOX, 7, JUNK),
            new PushEvent.Count(INBOX, COUNTERS),
            new PushEvent.Count(JUNK, COUNTERS));
  }

  @Test
  void aCopyIsNoMove() {
    Placement one = placement(1);
    assertThat(events(Map.of(), new Change.Added(JUNK, List.of(one), INBOX, false)))
        .containsExactly(new PushEvent.Exists(JUNK, one, INBOX, false));
  }

  @Test
  void flagsAreToldMessageByMessage() {
    Flags seen = Flags.of("\\Seen");
    assertThat(
            events(
                Map.of(),
                new Change.FlagsChanged(INBOX, UidSet.of(2, 3, 9), FlagOperation.ADD, seen)))
        .containsExactly(
            new PushEvent.Fetch(INBOX, 2, FlagOperation.ADD, seen),
            new PushEvent.Fetch(INBOX, 3, FlagOperation.ADD, seen),
            new PushEvent.Fetch(INBOX, 9, FlagOperation.ADD, seen));
  }

  @Test
  void mailboxesAndTheUserAreToldToo() {
    MailboxPath a = new MailboxPath("a");
    MailboxPath b = new MailboxPath("b");
    assertThat(
            events(
                Map.of(),
                new Change.MailboxCreated(JUNK, a, Set.of(SpecialUse.JUNK), 5),
                new Change.MailboxRenamed(JUNK, a, b),
                new Change.Subscribed(b, true),
                new Change.MailboxDeleted(JUNK, b),
                new Change.QuotaChanged(1000),
                new Change.Closed()))
        .containsExactly(
            new PushEvent.MailboxCreated(JUNK, a, Set.of(SpecialUse.JUNK)),
            new PushEvent.MailboxRenamed(JUNK, a, b),
            new PushEvent.Subscribed(b, true),
            new PushEvent.MailboxDeleted(JUNK, b),
            new PushEvent.Quota(1000, 12),
            new PushEvent.Closed());
  }

  @Test
  void theOrderIsTheSameWhereverItIsMade() {
    Map<MailboxId, Counters> counters = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      counters.put(MailboxId.random(), COUNTERS);
    }
    List<PushEvent> one = events(counters);
    Map<MailboxId, Counters> reversed =
        new TreeMap<>(Comparator.comparing(MailboxId::hex).reversed());
    reversed.putAll(counters);
    assertThat(events(reversed)).isEqualTo(one);
    assertThat(one).hasSize(50);
  }

  @Test
  void eventsOfAHugeChangeAreMadeOneByOne() {
    UidSet all = UidSet.range(1, Integer.MAX_VALUE);
    JournalEntry entry =
        entry(Map.of(), new Change.FlagsChanged(INBOX, all, FlagOperation.ADD, Flags.NONE));
    assertThat(PushEvent.count(entry)).isEqualTo(Integer.MAX_VALUE);
    List<PushEvent> some = new ArrayList<>();
    assertThatThrownBy(() ->
            PushEvent.each(
                entry,
                event -> {
                  some.add(event);
                  if (some.size() == 3) {
                    throw new ClientGone();
                  }
                }))
        .isInstanceOf(ClientGone.class);
    assertThat(some).hasSize(3);
  }
}
