package net.mailagent.model.journal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Everything about one user's mail at one moment, as the journal up to {@code seq} makes it;
 * immutable, shared by all sessions of a node. The placements of a mailbox may be missing, then
 * they are loaded when asked for.
 */
public final class UserState {
  /**
   * What belongs to the user and to no mailbox.
   *
   * @param seq of the last entry that touched it
   * @param quotaUsed sum of all placements' sizes in octets
   * @param quotaLimit in octets; 0 means no limit
   * @param lastUidValidity the highest UIDVALIDITY ever given out
   * @param subscriptions subscribed names; they need not exist
   * @param keyCount how many delivery keys there ever were
   * @param firstKeyChunk number of the first chunk of delivery keys that is still kept
   * @param closed whether the journal has ended
   */
  public record Root(
      long seq,
      long quotaUsed,
      long quotaLimit,
      int lastUidValidity,
      Set<MailboxPath> subscriptions,
      long keyCount,
      long firstKeyChunk,
      boolean closed) {
    public static final Root EMPTY = new Root(0, 0, 0, 0, Set.of(), 0, 0, false);

    public Root {
      subscriptions = Set.copyOf(subscriptions);
    }
  }

  private final UserId user;
  private final long seq;
  private final Root root;
  private final Map<MailboxId, MailboxState> mailboxes; // tombstones included
  private final DeliveryKeys keys;
  private volatile @Nullable NavigableMap<MailboxPath, MailboxId> byPath; // made when first needed

  /** A state of these parts; the maps are taken over, not copied. */
  UserState(
      UserId user, long seq, Root root, Map<MailboxId, MailboxState> mailboxes, DeliveryKeys keys) {
    this.user = user;
    this.seq = seq;
    this.root = root;
    this.mailboxes = mailboxes;
    this.keys = keys;
  }

  /** The state before the first entry. */
  public static UserState empty(UserId user) {
    return new UserState(user, 0, Root.EMPTY, Map.of(), DeliveryKeys.EMPTY);
  }

  /**
   * The state that checkpoints hold, valid at {@code mark} (some parts may be newer; the guards of
   * fold know).
   */
  public static UserState ofCheckpoints(
      UserId user,
      long mark,
      Root root,
      Collection<MailboxState> mailboxes,
      Collection<DeliveryKeys.Chunk> keys) {
    Map<MailboxId, MailboxState> map = new HashMap<>();
    for (MailboxState mailbox : mailboxes) {
      map.put(mailbox.id(), mailbox);
    }
    DeliveryKeys all = DeliveryKeys.of(java.util.List.copyOf(keys)).from(root.firstKeyChunk());
    return new UserState(user, mark, root, map, all);
  }

  public UserId user() {
    return user;
  }

  /** The seq of the last entry in this state. */
  public long seq() {
    return seq;
  }

  public Root root() {
    return root;
  }

  public DeliveryKeys deliveryKeys() {
    return keys;
  }

  /** The mailbox of that id, if it exists. */
  public Optional<MailboxState> mailbox(MailboxId id) {
    MailboxState mailbox = mailboxes.get(id);
    return mailbox == null || mailbox.deleted() ? Optional.empty() : Optional.of(mailbox);
  }

  /** The mailbox of that id, if it exists or existed and is still known. */
  public Optional<MailboxState> mailboxOrTombstone(MailboxId id) {
    return Optional.ofNullable(mailboxes.get(id));
  }

  /** The mailbox of that name, if it exists. */
  public Optional<MailboxState> mailbox(MailboxPath path) {
    MailboxId id = byPath().get(path);
    return id == null ? Optional.empty() : mailbox(id);
  }

  /** The first mailbox with that special use. */
  public Optional<MailboxState> mailbox(SpecialUse use) {
    return mailboxes().stream().filter(mailbox -> mailbox.uses().contains(use)).findFirst();
  }

  /** All mailboxes, INBOX first, then sorted by name. */
  public Collection<MailboxState> mailboxes() {
    return byPath().values().stream()
        .map(mailboxes::get)
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  /** All mailboxes and tombstones, for checkpoints and sweeping. */
  public Collection<MailboxState> mailboxesAndTombstones() {
    return mailboxes.values();
  }

  private NavigableMap<MailboxPath, MailboxId> byPath() {
    NavigableMap<MailboxPath, MailboxId> map = byPath;
    if (map == null) {
      map = new TreeMap<>();
      for (MailboxState mailbox : mailboxes.values()) {
        if (!mailbox.deleted()) {
          map.put(mailbox.path(), mailbox.id());
        }
      }
      byPath = map;
    }
    return map;
  }

  /** Says that no name differs from that state's, so that the index of names is shared. */
  UserState withNamesOf(UserState other) {
    byPath = other.byPath;
    return this;
  }

  Map<MailboxId, MailboxState> map() {
    return mailboxes;
  }

  /** This state with the placements of one mailbox loaded (or dropped, when null). */
  public UserState withPlacements(MailboxId id, @Nullable Placements placements) {
    MailboxState mailbox = mailboxes.get(id);
    if (mailbox == null) {
      return this;
    }
    Map<MailboxId, MailboxState> map = new HashMap<>(mailboxes);
    map.put(id, mailbox.withPlacements(placements));
    return new UserState(user, seq, root, map, keys).withNamesOf(this);
  }

  /** Bytes of heap this state holds, roughly; for caches bounded by bytes. */
  public long heapBytes() {
    long bytes =
        500 + 100L * root.subscriptions().size() + 120L * DeliveryKeys.CHUNK * keys.chunks().size();
    for (MailboxState mailbox : mailboxes.values()) {
      Placements placements = mailbox.placements();
      bytes += 400 + (placements == null ? 0 : placements.heapBytes());
    }
    return bytes;
  }

  /** Mailboxes, and tombstones that anybody still asks for: the others go with the entries. */
  private Set<MailboxId> remembered() {
    return mailboxes.values().stream()
        .filter(mailbox -> !mailbox.forgotten())
        .map(MailboxState::id)
        .collect(Collectors.toSet());
  }

  /** Same meaning: everything equal, for those placements that both have loaded. For checkers. */
  public boolean sameAs(UserState other) {
    if (!user.equals(other.user)
        || seq != other.seq
        || !root.equals(other.root)
        || !keys.equals(other.keys)
        || !remembered().equals(other.remembered())) {
      return false;
    }
    for (MailboxState mine : mailboxes.values()) {
      MailboxState theirs = other.mailboxes.get(mine.id());
      if (mine.forgotten()) {
        continue;
      }
      if (theirs == null
          || !mine.withPlacements(null).equals(theirs.withPlacements(null))
          || (mine.placements() != null
              && theirs.placements() != null
              && !mine.placements().sameRows(theirs.placements()))) {
        return false;
      }
    }
    return true;
  }
}
