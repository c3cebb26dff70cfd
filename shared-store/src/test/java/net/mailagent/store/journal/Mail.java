package net.mailagent.store.journal;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import net.mailagent.model.ContentId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;

/**
 * One user's mail as a client understands it: a simple model that knows nothing of entries,
 * checkpoints and counters. What it holds is compared by {@link #toString()}. One thread.
 */
final class Mail {
  /** A message: what it is, its flags and its size in octets. */
  record Letter(String identity, Set<String> flags, long size) {
    Letter {
      flags = new TreeSet<>(flags);
    }

    @Override
    public String toString() {
      return identity + flags + size;
    }
  }

  /** A mailbox: its messages by uid, and the uid of the next one. */
  static final class Box {
    final TreeMap<Integer, Letter> letters = new TreeMap<>();
    int uidNext = 1;

    Box add(Letter letter) {
      letters.put(uidNext++, letter);
      return this;
    }

    @Override
    public String toString() {
      return letters + " next " + uidNext;
    }
  }

  final TreeMap<String, Box> boxes = new TreeMap<>();
  final TreeSet<String> subscriptions = new TreeSet<>();
  long quotaLimit;

  /** What a state shows; all its mailboxes are loaded. */
  static Mail of(UserState state, Function<ContentId, String> identity) {
    Mail mail = new Mail();
    mail.quotaLimit = state.root().quotaLimit();
    state.root().subscriptions().forEach(path -> mail.subscriptions.add(path.value()));
    for (MailboxState mailbox : state.mailboxes()) {
      Box box = new Box();
      for (int i = 0; i < mailbox.messages().size(); i++) {
        Placement row = mailbox.messages().at(i);
        box.letters.put(
            row.uid(),
            new Letter(identity.apply(row.content()), Set.copyOf(row.flags().names()), row.size()));
      }
      box.uidNext = mailbox.counters().uidNext();
      mail.boxes.put(mailbox.path().value(), box);
    }
    return mail;
  }

  Mail copy() {
    Mail copy = new Mail();
    copy.quotaLimit = quotaLimit;
    copy.subscriptions.addAll(subscriptions);
    boxes.forEach((name, box) -> {
      Box other = copy.create(name);
      other.letters.putAll(box.letters);
      other.uidNext = box.uidNext;
    });
    return copy;
  }

  Box box(String name) {
    Box box = boxes.get(name);
    if (box == null) {
      throw new IllegalStateException("no mailbox " + name);
    }
    return box;
  }

  Box create(String name) {
    int slash = name.lastIndexOf('/');
    if (slash > 0 && !boxes.containsKey(name.substring(0, slash))) {
      create(name.substring(0, slash));
    }
    Box box = new Box();
    boxes.put(name, box);
    return box;
  }

  /** Renames it, and what lies below it. */
  void rename(String from, String to) {
    for (String name : Set.copyOf(boxes.keySet())) {
      if (name.equals(from) || name.startsWith(from + "/")) {
        boxes.put(to + name.substring(from.length()), boxes.remove(name));
      }
    }
  }

  /** Adds or removes a flag. */
  void flag(String name, Collection<Integer> uids, String flag, boolean set) {
    Box box = box(name);
    for (int uid : uids) {
      box.letters.computeIfPresent(
          uid,
          (u, letter) -> {
            Set<String> flags = new TreeSet<>(letter.flags());
            boolean ignored = set ? flags.add(flag) : flags.remove(flag);
            return new Letter(letter.identity(), flags, letter.size());
          });
    }
  }

  void copy(String from, Collection<Integer> uids, String to, boolean move) {
    Map<Integer, Letter> source = new TreeMap<>(box(from).letters);
    source.keySet().retainAll(Set.copyOf(uids));
    source.values().forEach(box(to)::add);
    if (move) {
      box(from).letters.keySet().removeAll(source.keySet());
    }
  }

  void expunge(String name) {
    box(name).letters.values().removeIf(letter -> letter.flags().contains("\\Deleted"));
  }

  @Override
  public String toString() {
    return boxes + " subscribed " + subscriptions + " quota " + quotaLimit;
  }
}
