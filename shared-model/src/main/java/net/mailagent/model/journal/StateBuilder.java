package net.mailagent.model.journal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of changes: takes the changes of ONE entry one by one from the state before it. Both
 * the writer that tries an entry ({@link Draft}) and everybody who folds it go through here.
 *
 * <p>Every part of a state (root, each mailbox, each segment, each chunk of keys) carries the seq
 * of the last entry that touched it; a part whose seq in the state before the entry is not below
 * the entry's holds the entry already and is left alone. That is the seq guard: checkpoints of
 * different age can be read together. Not thread-safe.
 */
final class StateBuilder {
  private final UserState base;
  private final long seq;
  private final long at;

  private UserState.Root root;
  private final Map<MailboxId, MailboxState> mailboxes;
  private DeliveryKeys keys;
  private final Set<MailboxId> touched = new HashSet<>();
  private boolean namesChanged;

  StateBuilder(UserState base, long seq, long at) {
    this.base = base;
    this.seq = seq;
    this.at = at;
    this.root = base.root();
    this.mailboxes = new HashMap<>(base.map());
    this.keys = base.deliveryKeys();
  }

  private boolean rootHolds() {
    return base.root().seq() >= seq;
  }

  /** Whether the mailbox as it was before the entry shows the entry already. */
  private boolean holds(MailboxId id) {
    MailboxState before = base.map().get(id);
    return before != null && before.modSeq() >= seq;
  }

  void apply(Change change) {
    switch (change) {
      case Change.MailboxCreated c -> created(c);
      case Change.MailboxRenamed c -> renamed(c);
      case Change.MailboxDeleted c -> deleted(c);
      case Change.Subscribed c -> subscribed(c);
      case Change.Added c -> added(c);
      case Change.FlagsChanged c -> flagsChanged(c);
      case Change.Expunged c -> expunged(c);
      case Change.Forgotten c -> forgotten(c);
      case Change.Repaired c -> repaired(c);
      case Change.QuotaChanged c ->
          root(root.quotaUsed(), c.limit(), root.lastUidValidity(), root.subscriptions(), false);
      case Change.Delivered c -> delivered(c);
      case Change.Closed c ->
          root(
              root.quotaUsed(),
              root.quotaLimit(),
              root.lastUidValidity(),
              root.subscriptions(),
              true);
    }
  }

  private void root(
      long used, long limit, int uidValidity, Set<MailboxPath> subscriptions, boolean closed) {
    if (!rootHolds()) {
      root =
          new UserState.Root(
              seq,
              used,
              limit,
              uidValidity,
              subscriptions,
              root.keyCount(),
              root.firstKeyChunk(),
              closed || root.closed());
    }
  }

  /** Sizes may have changed, and if only for the moment: every reader touches the root alike. */
  private void sized() {
    root(root.quotaUsed(), root.quotaLimit(), root.lastUidValidity(), root.subscriptions(), false);
  }

  private void created(Change.MailboxCreated c) {
    namesChanged = true;
    touched.add(c.mailbox());
    if (!holds(c.mailbox())) {
      mailboxes.put(
          c.mailbox(),
          new MailboxState(
              c.mailbox(),
              c.path(),
              c.uses(),
              c.uidValidity(),
              seq,
              seq,
              Counters.EMPTY,
              0,
              0,
              Placements.EMPTY));
    }
    root(
        root.quotaUsed(),
        root.quotaLimit(),
        Math.max(root.lastUidValidity(), c.uidValidity()),
        root.subscriptions(),
        false);
  }

  private void renamed(Change.MailboxRenamed c) {
    namesChanged = true;
    touched.add(c.mailbox());
    if (!holds(c.mailbox())) {
      mailboxes.put(c.mailbox(), existing(c.mailbox()).renamed(c.to(), seq));
    }
  }

  private void deleted(Change.MailboxDeleted c) {
    namesChanged = true;
    touched.add(c.mailbox());
    MailboxState gone = existing(c.mailbox());
    if (!holds(c.mailbox())) {
      mailboxes.put(c.mailbox(), gone.tombstone(seq, at));
    }
    sized();
  }

  private void subscribed(Change.Subscribed c) {
    Set<MailboxPath> names = new HashSet<>(root.subscriptions());
    if (c.subscribed() ? names.add(c.path()) : names.remove(c.path())) {
      root(root.quotaUsed(), root.quotaLimit(), root.lastUidValidity(), names, false);
    }
  }

  private void added(Change.Added c) {
    List<Placement> rows =
        c.messages().stream()
            .map(row ->
                new Placement(
                    row.uid(),
                    row.content(),
                    row.flags(),
                    seq,
                    row.internalDate(),
                    at / 1000,
                    row.size()))
            .toList();
    MailboxState mailbox = existing(c.mailbox());
    Placements now = mailbox.placements();
    touch(mailbox, now == null ? null : now.plus(seq, rows, before(mailbox)));
    sized();
  }

  private void flagsChanged(Change.FlagsChanged c) {
    MailboxState mailbox = existing(c.mailbox());
    Placements now = mailbox.placements();
    touch(
        mailbox,
        now == null
            ? null
            : now.flagged(
                seq, c.uids(), flags -> c.operation().apply(flags, c.flags()), before(mailbox)));
  }

  private void expunged(Change.Expunged c) {
    MailboxState mailbox = existing(c.mailbox());
    Placements now = mailbox.placements();
    Placements left = now == null ? null : now.minus(seq, at, c.uids(), before(mailbox));
    touch(mailbox, left, mailbox.older(at));
    sized();
  }

  private void forgotten(Change.Forgotten c) {
    if (c.uids().isEmpty() && !mailboxes.containsKey(c.mailbox())) {
      return; // a fence that named a tombstone which was deleted since
    }
    MailboxState mailbox = existing(c.mailbox());
    Placements now = mailbox.placements();
    touch(
        mailbox, now == null ? null : now.without(seq, c.uids(), before(mailbox)), c.oldestLeft());
  }

  /** The figures come with the entry. */
  private void repaired(Change.Repaired c) {
    MailboxState mailbox = existing(c.mailbox());
    touch(mailbox, mailbox.placements());
    sized();
  }

  private void delivered(Change.Delivered c) {
    keys = keys.plus(c.key(), c.index(), seq, at, base.deliveryKeys());
    if (!rootHolds()) {
      long first = Math.max(root.firstKeyChunk(), keys.firstKept(at));
      root =
          new UserState.Root(
              seq,
              root.quotaUsed(),
              root.quotaLimit(),
              root.lastUidValidity(),
              root.subscriptions(),
              c.index() + 1,
              first,
              root.closed());
    }
    keys = keys.from(root.firstKeyChunk());
  }

  private Placements before(MailboxState mailbox) {
    MailboxState was = base.map().get(mailbox.id());
    Placements placements = was == null ? null : was.placements();
    return placements == null ? Placements.EMPTY : placements;
  }

  private void touch(MailboxState mailbox, @Nullable Placements placements) {
    touch(mailbox, placements, mailbox.oldestExpunged());
  }

  /**
   * A mailbox touched by an entry. The document of a tombstone may be read together with older
   * segments, so what came before its end is still folded into these.
   */
  private void touch(MailboxState mailbox, @Nullable Placements placements, long oldestExpunged) {
    touched.add(mailbox.id());
    mailboxes.put(
        mailbox.id(),
        holds(mailbox.id())
            ? mailbox.withPlacements(placements)
            : mailbox.touched(seq, placements, oldestExpunged));
  }

  private MailboxState existing(MailboxId id) {
    MailboxState mailbox = mailboxes.get(id);
    if (mailbox == null) {
      throw new IllegalStateException("entry " + seq + " touches the unknown mailbox " + id);
    }
    return mailbox;
  }

  /** Takes the figures that the entry carries. */
  void counters(Map<MailboxId, Counters> counters, long quotaUsed) {
    counters.forEach((id, exact) -> {
      MailboxState mailbox = existing(id);
      if (!holds(id) && !mailbox.deleted()) {
        mailboxes.put(id, mailbox.counted(exact));
      }
    });
    if (quotaUsed != root.quotaUsed()) {
      root(quotaUsed, root.quotaLimit(), root.lastUidValidity(), root.subscriptions(), false);
    }
  }

  /**
   * What a change does to the figures of a mailbox, told from its placements: for the writer.
   *
   * @throws IllegalStateException when they are needed and not loaded
   */
  Counters count(Change change, MailboxState mailbox) {
    Counters counters = mailbox.counters();
    switch (change) {
      case Change.Added c -> {
        for (Placement row : c.messages()) {
          counters = counters.plus(row);
        }
      }
      case Change.Expunged c -> {
        for (Placement row : mailbox.messages().rows(c.uids())) {
          counters = counters.minus(row);
        }
      }
      case Change.FlagsChanged c -> {
        for (Placement row : mailbox.messages().rows(c.uids())) {
          Placement after =
              new Placement(
                  row.uid(),
                  row.content(),
                  c.operation().apply(row.flags(), c.flags()),
                  seq,
                  row.internalDate(),
                  row.saveDate(),
                  row.size());
          counters = counters.minus(row).plus(after);
        }
      }
      case Change.MailboxCreated c -> {}
      case Change.MailboxRenamed c -> {}
      case Change.MailboxDeleted c -> {}
      case Change.Forgotten c -> {}
      case Change.Repaired c -> counters = Counters.of(mailbox.messages(), counters.uidNext());
      case Change.Subscribed c -> {}
      case Change.QuotaChanged c -> {}
      case Change.Delivered c -> {}
      case Change.Closed c -> {}
    }
    return counters;
  }

  @Nullable MailboxState current(MailboxId id) {
    return mailboxes.get(id);
  }

  /** The figures of every mailbox touched that still exists. */
  Map<MailboxId, Counters> counters() {
    Map<MailboxId, Counters> counters = new LinkedHashMap<>();
    for (MailboxId id : touched) {
      MailboxState mailbox = existing(id);
      if (!mailbox.deleted()) {
        counters.put(id, mailbox.counters());
      }
    }
    return counters;
  }

  long quotaUsed() {
    return root.quotaUsed();
  }

  UserState build() {
    UserState built = new UserState(base.user(), seq, root, new HashMap<>(mailboxes), keys);
    return namesChanged ? built : built.withNamesOf(base);
  }
}
