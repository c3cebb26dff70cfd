package net.mailagent.api;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Counters;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.Placement;
import org.jspecify.annotations.Nullable;

/**
 * What a push client is told of one journal entry. Which events an entry gives, and in which order,
 * depends on the entry alone, so {@code seq.n} means the same event on every node and at any time.
 */
sealed interface PushEvent {
  /**
   * A message is in a mailbox.
   *
   * @param from where it was copied or moved from; null for a new message
   */
  record Exists(MailboxId mailbox, Placement message, @Nullable MailboxId from, boolean moved)
      implements PushEvent {}

  /** A message came here by a move; beside its EXISTS here and an EXPUNGE where it was. */
  record Moved(MailboxId mailbox, Placement message, MailboxId from) implements PushEvent {}

  /** Flags of a message changed. */
  record Fetch(MailboxId mailbox, int uid, FlagOperation operation, Flags flags)
      implements PushEvent {}

  /**
   * A message left a mailbox.
   *
   * @param movedTo where it was moved, or null
   */
  record Expunge(MailboxId mailbox, int uid, @Nullable MailboxId movedTo) implements PushEvent {}

  /** The figures of a mailbox after the entry. */
  record Count(MailboxId mailbox, Counters counters) implements PushEvent {}

  record MailboxCreated(MailboxId mailbox, MailboxPath path, Set<SpecialUse> uses)
      implements PushEvent {
    public MailboxCreated {
      uses = Set.copyOf(uses);
    }
  }

  record MailboxRenamed(MailboxId mailbox, MailboxPath from, MailboxPath to) implements PushEvent {}

  record MailboxDeleted(MailboxId mailbox, MailboxPath path) implements PushEvent {}

  record Subscribed(MailboxPath path, boolean subscribed) implements PushEvent {}

  /** The quota is now that, in octets; 0 means no limit. */
  record Quota(long limit, long used) implements PushEvent {}

  /** The user is deleted; the stream ends. */
  record Closed() implements PushEvent {}

  /** Makes the events of an entry one by one: its changes, then the counters. */
  static void each(JournalEntry entry, Consumer<PushEvent> to) {
    for (Change change : entry.changes()) {
      each(change, entry, to);
    }
    entry.counters().entrySet().stream()
        .sorted(Comparator.comparing((Map.Entry<MailboxId, Counters> e) -> e.getKey().hex()))
        .forEach(e -> to.accept(new Count(e.getKey(), e.getValue())));
  }

  private static void each(Change change, JournalEntry entry, Consumer<PushEvent> to) {
    switch (change) {
      case Change.Added c -> c.messages().forEach(message -> added(c, message, to));
      case Change.FlagsChanged c ->
          each(c.uids(), uid -> to.accept(new Fetch(c.mailbox(), uid, c.operation(), c.flags())));
      case Change.Expunged c ->
          each(c.uids(), uid -> to.accept(new Expunge(c.mailbox(), uid, c.movedTo())));
      case Change.MailboxCreated c ->
          to.accept(new MailboxCreated(c.mailbox(), c.path(), c.uses()));
      case Change.MailboxRenamed c -> to.accept(new MailboxRenamed(c.mailbox(), c.from(), c.to()));
      case Change.MailboxDeleted c -> to.accept(new MailboxDeleted(c.mailbox(), c.path()));
      case Change.Subscribed c -> to.accept(new Subscribed(c.path(), c.subscribed()));
      case Change.QuotaChanged c -> to.accept(new Quota(c.limit(), entry.quotaUsed()));
      case Change.Repaired c -> {} // the counters follow
      case Change.Forgotten c -> {} // it left the mailbox long ago
      case Change.Delivered c -> {} // a note for later deliveries, nothing to see
      case Change.Closed c -> to.accept(new Closed());
    }
  }

  private static void added(Change.Added change, Placement message, Consumer<PushEvent> to) {
    MailboxId from = change.from();
    to.accept(new Exists(change.mailbox(), message, from, change.moved()));
    if (isMove(change) && from != null) {
      to.accept(new Moved(change.mailbox(), message, from));
    }
  }

  private static boolean isMove(Change.Added change) {
    return change.moved() && change.from() != null;
  }

  private static void each(UidSet uids, IntConsumer to) {
    for (int range = 0; range < uids.rangeCount(); range++) {
      for (long uid = uids.rangeFirst(range); uid <= uids.rangeLast(range); uid++) {
        to.accept((int) uid);
      }
    }
  }

  /** How many events {@link #each} makes of that entry, told without making them. */
  static long count(JournalEntry entry) {
    long count = entry.counters().size();
    for (Change change : entry.changes()) {
      count +=
          switch (change) {
            case Change.Added c -> (isMove(c) ? 2L : 1L) * c.messages().size();
            case Change.FlagsChanged c -> c.uids().size();
            case Change.Expunged c -> c.uids().size();
            case Change.MailboxCreated c -> 1;
            case Change.MailboxRenamed c -> 1;
            case Change.MailboxDeleted c -> 1;
            case Change.Subscribed c -> 1;
            case Change.QuotaChanged c -> 1;
            case Change.Repaired c -> 0;
            case Change.Forgotten c -> 0;
            case Change.Delivered c -> 0;
            case Change.Closed c -> 1;
          };
    }
    return count;
  }
}
