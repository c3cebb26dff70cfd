package net.mailagent.api;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
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

  /**
   * The events of an entry: its changes, then the counters. Made one by one by {@link
   * Stream#forEach}; an iterator would hold all events of one change at once.
   */
  static Stream<PushEvent> of(JournalEntry entry) {
    Stream<PushEvent> changes = entry.changes().stream().flatMap(change -> of(change, entry));
    Stream<PushEvent> counters =
        entry.counters().entrySet().stream()
            .sorted(Comparator.comparing((Map.Entry<MailboxId, Counters> e) -> e.getKey().hex()))
            .map(e -> new Count(e.getKey(), e.getValue()));
    return Stream.concat(changes, counters);
  }

  private static Stream<PushEvent> of(Change change, JournalEntry entry) {
    return switch (change) {
      case Change.Added c -> c.messages().stream().flatMap(message -> added(c, message));
      case Change.FlagsChanged c ->
          c.uids().stream().mapToObj(uid -> new Fetch(c.mailbox(), uid, c.operation(), c.flags()));
      case Change.Expunged c ->
          c.uids().stream().mapToObj(uid -> new Expunge(c.mailbox(), uid, c.movedTo()));
      case Change.MailboxCreated c ->
          Stream.of(new MailboxCreated(c.mailbox(), c.path(), c.uses()));
      case Change.MailboxRenamed c -> Stream.of(new MailboxRenamed(c.mailbox(), c.from(), c.to()));
      case Change.MailboxDeleted c -> Stream.of(new MailboxDeleted(c.mailbox(), c.path()));
      case Change.Subscribed c -> Stream.of(new Subscribed(c.path(), c.subscribed()));
      case Change.QuotaChanged c -> Stream.of(new Quota(c.limit(), entry.quotaUsed()));
      case Change.Delivered c -> Stream.of(); // a note for later deliveries, nothing to see
      case Change.Closed c -> Stream.of(new Closed());
    };
  }

  private static Stream<PushEvent> added(Change.Added change, Placement message) {
    MailboxId from = change.from();
    Exists exists = new Exists(change.mailbox(), message, from, change.moved());
    return change.moved() && from != null
        ? Stream.of(exists, new Moved(change.mailbox(), message, from))
        : Stream.of(exists);
  }
}
