package net.mailagent.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import net.mailagent.history.Violation.Promise;

/** What one IMAP session knows of the mailbox it has open. One thread. */
@SuppressWarnings("ListRemoveAmbiguous") // a message is removed by number, a uid as an Integer
final class Session {
  private static final int UNKNOWN = 0;

  private final String mailbox;
  private final Consumer<Violation> report;
  private final List<Integer> uids = new ArrayList<>(); // by sequence number less one
  private final Map<Integer, Message> messages = new HashMap<>();
  private long floor; // the highest MODSEQ told up to the last catch-up
  private long highest;

  Session(Event.Selected selected, Consumer<Violation> report) {
    this.mailbox = selected.mailbox();
    this.report = report;
    for (int i = 0; i < selected.exists(); i++) {
      uids.add(UNKNOWN);
    }
  }

  void exists(Event.Exists told) {
    if (told.count() < uids.size()) {
      wrong(Promise.SESSION, told, "EXISTS " + told.count() + " after " + uids.size());
    }
    while (uids.size() < told.count()) {
      uids.add(UNKNOWN);
    }
  }

  void expunged(Event.Expunged told) {
    if (told.number() < 1 || told.number() > uids.size()) {
      wrong(Promise.SESSION, told, "EXPUNGE " + told.number() + " of " + uids.size());
    } else {
      messages.remove(uids.remove(told.number() - 1));
    }
  }

  void vanished(Event.Vanished told) {
    for (Integer uid : told.uids()) {
      if (uids.remove(uid)) {
        messages.remove(uid);
      } else if (!uids.remove((Integer) UNKNOWN)) {
        wrong(Promise.SESSION, told, "VANISHED " + uid + " which was not there");
      }
    }
  }

  void fetched(Event.Fetched told) {
    int uid = told.uid();
    Message before = messages.put(uid, told.message());
    if (told.number() > 0) {
      place(told);
    } else if (!uids.contains(uid)) {
      int unknown = uids.indexOf(UNKNOWN);
      if (unknown < 0) {
        wrong(Promise.SESSION, told, "UIDFETCH " + uid + " which was not announced");
      } else {
        uids.set(unknown, uid);
      }
    }
    long modSeq = told.message().modSeq();
    highest = Math.max(highest, modSeq);
    if (modSeq > 0 && before != null) {
      if (modSeq < before.modSeq()) {
        wrong(Promise.ORDER, told, "UID " + uid + " went from " + before.modSeq() + " back");
      } else if (modSeq == before.modSeq() && !told.message().flags().equals(before.flags())) {
        wrong(Promise.ORDER, told, "UID " + uid + " has other flags at the same MODSEQ");
      } else if (modSeq > before.modSeq() && modSeq <= floor) {
        wrong(
            Promise.ORDER,
            told,
            "UID " + uid + " changed at " + modSeq + ", told after " + floor + " was");
      }
    }
  }

  private void place(Event.Fetched told) {
    int number = told.number();
    if (number > uids.size()) {
      wrong(Promise.SESSION, told, "FETCH " + number + " of " + uids.size());
      return;
    }
    int was = uids.get(number - 1);
    if (was != UNKNOWN && was != told.uid()) {
      wrong(Promise.SESSION, told, "number " + number + " was UID " + was);
    }
    uids.set(number - 1, told.uid());
    int left = number > 1 ? uids.get(number - 2) : UNKNOWN;
    int right = number < uids.size() ? uids.get(number) : UNKNOWN;
    if (left >= told.uid() || (right != UNKNOWN && right <= told.uid())) {
      wrong(Promise.SESSION, told, "UID " + told.uid() + " between " + left + " and " + right);
    }
  }

  /** The view, if every message was fetched. */
  Optional<Event.View> caughtUp(Event.CaughtUp told) {
    floor = highest;
    return messages.keySet().containsAll(uids) && messages.size() == uids.size()
        ? Optional.of(new Event.View(told.span(), mailbox, 0, messages))
        : Optional.empty();
  }

  private void wrong(Promise promise, Event told, String what) {
    report.accept(new Violation(promise, mailbox + ", " + told.span() + ": " + what));
  }
}
