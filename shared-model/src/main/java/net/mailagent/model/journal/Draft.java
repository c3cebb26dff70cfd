package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;

/** An entry being written: what the edits decided so far and the state they lead to. One thread. */
public final class Draft {
  private final UserState base;
  private final long at;
  private List<Change> changes = new ArrayList<>();
  private StateBuilder builder;
  private UserState state;

  /**
   * @param base the exact state before the entry
   * @param at the time of the entry in milliseconds since 1970
   */
  public Draft(UserState base, long at) {
    this.base = base;
    this.at = at;
    this.builder = new StateBuilder(base, base.seq() + 1, at);
    this.state = base;
  }

  /** The state with all changes so far. */
  public UserState state() {
    return state;
  }

  /** The seq the entry will have: the MODSEQ of all it touches. */
  public long seq() {
    return base.seq() + 1;
  }

  /** The time of the entry in milliseconds since 1970. */
  public long at() {
    return at;
  }

  /** Adds a change; {@link #state()} shows it at once. */
  public void change(Change change) {
    MailboxId id = mailbox(change);
    MailboxState before = id == null ? null : builder.current(id);
    long used = builder.quotaUsed();
    if (before != null) {
      Counters now =
          change instanceof Change.MailboxDeleted ? Counters.EMPTY : builder.count(change, before);
      used =
          change instanceof Change.Repaired
              ? sum(before, now)
              : used + now.size() - before.counters().size();
      builder.apply(change);
      builder.counters(java.util.Map.of(before.id(), now), used);
    } else {
      builder.apply(change);
    }
    changes.add(change);
    state = builder.build();
  }

  /** The quota used, told from all mailboxes, one of which has other figures now. */
  private long sum(MailboxState changed, Counters now) {
    long sum = now.size();
    for (MailboxState mailbox : state.mailboxes()) {
      sum += mailbox.id().equals(changed.id()) ? 0 : mailbox.counters().size();
    }
    return sum;
  }

  private static @org.jspecify.annotations.Nullable MailboxId mailbox(Change change) {
    return switch (change) {
      case Change.Added c -> c.mailbox();
      case Change.Expunged c -> c.mailbox();
      case Change.FlagsChanged c -> c.mailbox();
      case Change.Forgotten c -> c.mailbox();
      case Change.Repaired c -> c.mailbox();
      case Change.MailboxDeleted c -> c.mailbox();
      case Change.MailboxRenamed c -> c.mailbox();
      case Change.MailboxCreated c -> null;
      case Change.Subscribed c -> null;
      case Change.QuotaChanged c -> null;
      case Change.Delivered c -> null;
      case Change.Closed c -> null;
    };
  }

  /**
   * Asks one edit; if it refuses, what it had changed is undone and other edits of this draft are
   * not harmed.
   *
   * @throws Refused as the edit does, or when the journal is closed
   */
  public <R> R apply(Edit<R> edit) {
    if (state.root().closed()) {
      throw new Refused(new Refusal.NoSuchUser(state.user().hex()));
    }
    int kept = changes.size();
    try {
      return edit.decide(this);
    } catch (RuntimeException | Error failed) {
      if (changes.size() > kept) {
        List<Change> before = new ArrayList<>(changes.subList(0, kept));
        changes = new ArrayList<>();
        builder = new StateBuilder(base, seq(), at);
        state = base;
        before.forEach(this::change);
      }
      throw failed;
    }
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * The mailboxes of {@code needs} that exist, if only as tombstones, and whose placements are not
   * loaded.
   */
  public static Set<MailboxId> missing(UserState state, Set<MailboxId> needs) {
    Set<MailboxId> missing = new HashSet<>();
    for (MailboxId id : needs) {
      if (state.mailboxOrTombstone(id).filter(mailbox -> !mailbox.isLoaded()).isPresent()) {
        missing.add(id);
      }
    }
    return missing;
  }

  /** The entry to insert. */
  public JournalEntry entry(Origin origin) {
    return new JournalEntry(
        base.user(),
        seq(),
        UUID.randomUUID().toString(),
        at,
        origin,
        changes,
        builder.counters(),
        builder.quotaUsed());
  }
}
