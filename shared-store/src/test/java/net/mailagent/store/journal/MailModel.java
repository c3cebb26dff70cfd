package net.mailagent.store.journal;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.mailagent.model.MailboxId;

/**
 * The mail of a user whose mailboxes are renamed and deleted meanwhile: {@link Mail} by MAILBOXID,
 * with the MODSEQs, what was delivered, and the answers that a client must get. One thread.
 */
final class MailModel {
  private final Mail mail = new Mail(); // its names are ids
  private final Map<String, String> paths = new TreeMap<>(); // by id
  private final Map<String, Map<Integer, Long>> modSeqs = new HashMap<>(); // by id and uid
  private final Set<String> delivered = new HashSet<>();

  void created(String id, String path) {
    mail.create(id);
    paths.put(id, path);
  }

  void renamed(String from, String to) {
    paths.put(idOf(from), to);
  }

  String deleted(String path) {
    String id = idOf(path);
    mail.boxes.remove(id);
    paths.remove(id);
    return id;
  }

  private String idOf(String path) {
    return paths.entrySet().stream()
        .filter(e -> e.getValue().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no mailbox " + path))
        .getKey();
  }

  String inbox() {
    return idOf("INBOX");
  }

  /** Answers the uids. */
  Set<Integer> added(String id, List<Mail.Letter> letters, String key, long seq) {
    if (key != null && !delivered.add(key)) {
      throw new AssertionError(key + " was delivered twice");
    }
    Set<Integer> uids = new TreeSet<>();
    for (Mail.Letter letter : letters) {
      uids.add(mail.box(id).uidNext);
      touched(id, mail.box(id).uidNext, seq);
      mail.box(id).add(letter);
    }
    return uids;
  }

  private void touched(String id, int uid, long seq) {
    modSeqs.computeIfAbsent(id, i -> new HashMap<>()).put(uid, seq);
  }

  /** Answers which were changed, and which failed the condition. */
  String flagged(
      String id, Collection<Integer> uids, String flag, boolean set, long since, long seq) {
    Set<Integer> changed = new TreeSet<>();
    Set<Integer> modified = new TreeSet<>();
    for (int uid : new TreeSet<>(uids)) {
      Mail.Letter letter = mail.box(id).letters.get(uid);
      if (letter == null) {
        continue;
      }
      if (modSeqs.get(id).get(uid) > since) {
        modified.add(uid);
      } else if (letter.flags().contains(flag) != set) {
        changed.add(uid);
      }
    }
    mail.flag(id, changed, flag, set);
    changed.forEach(uid -> touched(id, uid, seq));
    return changed + " not " + modified;
  }

  /** Answers where from and where to. */
  String copied(String from, Collection<Integer> uids, String to, boolean move, long seq) {
    Set<Integer> source = new TreeSet<>(uids);
    source.retainAll(mail.box(from).letters.keySet());
    int first = mail.box(to).uidNext;
    mail.copy(from, source, to, move);
    Set<Integer> target = new TreeSet<>();
    for (int uid = first; uid < mail.box(to).uidNext; uid++) {
      target.add(uid);
      touched(to, uid, seq);
    }
    return source + " to " + target;
  }

  /** Answers which. */
  Set<Integer> expunged(String id, Collection<Integer> among) {
    Map<Integer, Mail.Letter> letters = mail.box(id).letters;
    Set<Integer> gone = new TreeSet<>(among);
    gone.removeIf(
        uid -> !letters.containsKey(uid) || !letters.get(uid).flags().contains("\\Deleted"));
    letters.keySet().removeAll(gone);
    return gone;
  }

  /** As {@link #of} tells a state. */
  @Override
  public String toString() {
    Map<String, String> all = new TreeMap<>();
    paths.forEach((id, path) -> {
      TreeMap<Integer, String> rows = new TreeMap<>();
      mail.box(id)
          .letters
          .forEach((uid, letter) -> rows.put(uid, letter + "@" + modSeqs.get(id).get(uid)));
      all.put(path, id + rows + mail.box(id).uidNext);
    });
    return all.toString();
  }

  /** What a state shows; all its mailboxes are loaded. */
  static String of(net.mailagent.model.journal.UserState state) {
    MailModel model = new MailModel();
    for (var mailbox : state.mailboxes()) {
      String id = mailbox.id().hex();
      model.created(id, mailbox.path().value());
      for (int i = 0; i < mailbox.messages().size(); i++) {
        var row = mailbox.messages().at(i);
        model
            .mail
            .box(id)
            .letters
            .put(row.uid(), letter(row.content().hex(), row.flags(), row.size()));
        model.touched(id, row.uid(), row.modSeq());
      }
      model.mail.box(id).uidNext = mailbox.counters().uidNext();
    }
    return model.toString();
  }

  private static Mail.Letter letter(String identity, net.mailagent.model.Flags flags, long size) {
    return new Mail.Letter(identity, Set.copyOf(flags.names()), size);
  }

  static String id(MailboxId mailbox) {
    return mailbox.hex();
  }
}
