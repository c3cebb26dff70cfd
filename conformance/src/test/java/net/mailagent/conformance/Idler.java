package net.mailagent.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.mailagent.history.Event;
import net.mailagent.history.Message;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;
import net.mailagent.history.Violation;

/**
 * A mail program that has a mailbox open on one node, idles, and believes what it is told. When the
 * node is lost it opens the mailbox anew, every other one by QRESYNC from where it was. Runs on a
 * thread of its own.
 */
final class Idler implements Runnable {
  private static final Pattern EXISTS = Pattern.compile("\\* (\\d+) EXISTS");
  private static final Pattern EXPUNGE = Pattern.compile("\\* (\\d+) EXPUNGE");
  private static final Pattern VANISHED = Pattern.compile("\\* VANISHED ([\\d:,]+)");
  private static final Pattern EARLIER = Pattern.compile("\\* VANISHED \\(EARLIER\\) ([\\d:,]+)");
  private static final int UNKNOWN = 0;

  private final Phase phase;
  private final User user;
  private final String mailbox;
  private final int node;
  private final boolean quickResync;
  private final Random random;
  private volatile boolean ended;

  // what was held when the mailbox was opened last
  private long uidValidity;
  private long held;

  // of the session that is open
  private String name = "";
  private final List<Integer> uids = new ArrayList<>();
  private final Map<Integer, Message> messages = new HashMap<>();
  private volatile Map<Integer, Long> known = Map.of();
  private volatile String asked = "";
  private volatile long askedAt;
  private volatile String trouble = "none";

  Idler(Phase phase, User user, String mailbox, int node, boolean quickResync, Random random) {
    this.phase = phase;
    this.user = user;
    this.mailbox = mailbox;
    this.node = node;
    this.quickResync = quickResync;
    this.random = random;
  }

  String place() {
    return Phase.mailbox(user, mailbox);
  }

  @Override
  public String toString() {
    return "idler on " + node + (quickResync ? " with QRESYNC" : "") + " in " + place();
  }

  /** What it waits for, for people. */
  String doing() {
    long millis = (System.nanoTime() - askedAt) / 1_000_000;
    return asked + " for " + millis + " ms, " + uids + ", last trouble: " + trouble;
  }

  private Imap.Answer ask(Imap imap, String command) throws IOException {
    doing(command);
    return imap.ask(command);
  }

  private void doing(String what) {
    asked = what;
    askedAt = System.nanoTime();
  }

  /** The MODSEQ of every message as far as it was told. */
  Map<Integer, Long> known() {
    return known;
  }

  /** Ends after a last look. */
  void end() {
    ended = true;
  }

  @Override
  public void run() {
    while (!ended) {
      doing("LOGIN");
      try (Imap imap = Imap.tryLogin(phase.cluster.imap(node), user)) {
        if (open(imap)) {
          idle(imap);
        } else {
          pause();
        }
      } catch (IOException e) {
        trouble = e.toString();
        pause();
      } catch (RuntimeException | AssertionError e) {
        phase.wrong(Violation.Promise.SESSION, this + ": " + e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = true;
    }
  }

  // ---- opening

  private boolean open(Imap imap) throws IOException {
    name = phase.name(this + " #");
    uids.clear();
    messages.clear();
    Imap.Answer enabled = ask(imap, "ENABLE CONDSTORE" + (quickResync ? " QRESYNC" : ""));
    if (!enabled.isOk()) {
      return false;
    }
    boolean offered = enabled.look("(ENABLED.* QRESYNC)").isPresent();
    boolean resync = quickResync && offered && held > 0;
    long begin = phase.lookBegins();
    Imap.Answer selected =
        ask(
            imap,
            "SELECT " + mailbox + (resync ? " (QRESYNC (" + uidValidity + " " + held + "))" : ""));
    if (!selected.isOk()) {
      return false;
    }
    long highest = Long.parseLong(selected.find("\\[HIGHESTMODSEQ (\\d+)]"));
    int exists = Integer.parseInt(selected.find("\\* (\\d+) EXISTS"));
    uidValidity = Long.parseLong(selected.find("\\[UIDVALIDITY (\\d+)]"));
    Span opened = new Span(name, begin, Recording.now());
    if (resync) {
      resynced(selected, opened, highest);
    }
    phase.add(new Event.Selected(opened, place(), exists, highest));
    for (int n = 0; n < exists; n++) {
      uids.add(UNKNOWN);
    }
    boolean exact = exists == 0 || fetch(imap, "1:*", begin);
    if (exact && messages.size() == exists && top() <= highest) {
      phase.add(
          new Event.View(
              new Span(name, begin, Recording.now()), place(), highest, Map.copyOf(messages)));
      held = highest;
    }
    return catchUp(imap);
  }

  private long top() {
    return messages.values().stream().mapToLong(Message::modSeq).max().orElse(0);
  }

  private void resynced(Imap.Answer selected, Span span, long highest) {
    List<Event.Row> changed = new ArrayList<>();
    for (Fetched fetched : selected.fetched()) {
      changed.add(new Event.Row((int) fetched.uid, View.message(fetched)));
    }
    Set<Integer> vanished = new HashSet<>();
    selected
        .look(EARLIER.pattern())
        .ifPresent(set -> Ledger.uids(set).forEach(uid -> vanished.add(uid.intValue())));
    phase.add(new Event.Resync(span, place(), held, highest, changed, vanished));
  }

  // ---- being told

  /** Fetches by UID; true when nothing else was told beside it. */
  private boolean fetch(Imap imap, String set, long begin) throws IOException {
    Imap.Answer answer = ask(imap, "UID FETCH " + set + " " + View.ITEMS);
    boolean only = answer.isOk();
    for (byte[] response : answer.untagged()) {
      only &= Fetched.isFetch(response);
      told(response, begin);
    }
    return only;
  }

  private boolean catchUp(Imap imap) throws IOException {
    long begin = phase.lookBegins();
    Imap.Answer answer = ask(imap, "NOOP");
    answer.untagged().forEach(response -> told(response, begin));
    while (answer.isOk() && uids.contains(UNKNOWN)) { // what has come meanwhile
      if (ended || !learn(imap, uids.indexOf(UNKNOWN) + 1)) {
        return false;
      }
    }
    if (answer.isOk()) {
      phase.add(new Event.CaughtUp(new Span(name, begin, Recording.now())));
      note();
    }
    return answer.isOk();
  }

  /** Asks what came, by its number: flags of later ones may have been told before. */
  private boolean learn(Imap imap, int number) throws IOException {
    long begin = phase.lookBegins();
    Imap.Answer fetched = ask(imap, "FETCH " + number + ":* (UID " + View.ITEMS.substring(1));
    fetched.untagged().forEach(response -> told(response, begin));
    if (uids.indexOf(UNKNOWN) == number - 1) {
      Imap.Answer answer = ask(imap, "NOOP"); // it may be gone before we asked what it is
      answer.untagged().forEach(response -> told(response, begin));
      return answer.isOk();
    }
    return true;
  }

  private void note() {
    Map<Integer, Long> now = new TreeMap<>();
    messages.forEach((uid, message) -> now.put(uid, message.modSeq()));
    known = Map.copyOf(now);
  }

  private void told(byte[] response, long begin) {
    Span span = new Span(name, begin, Recording.now());
    if (Fetched.isFetch(response)) {
      Fetched fetched = new ResponseReader(response).fetch();
      int uid = (int) fetched.uid;
      Message message = View.message(fetched);
      Message before = messages.get(uid);
      if (message.identity().isEmpty() && before != null) {
        message = new Message(before.identity(), message.flags(), message.modSeq());
      }
      messages.put(uid, message);
      if (fetched.number <= uids.size()) {
        uids.set((int) fetched.number - 1, uid);
      }
      phase.add(new Event.Fetched(span, (int) fetched.number, uid, message));
      return;
    }
    String text = new String(response, StandardCharsets.ISO_8859_1).strip();
    Matcher exists = EXISTS.matcher(text);
    Matcher expunge = EXPUNGE.matcher(text);
    Matcher vanished = VANISHED.matcher(text);
    if (exists.matches()) {
      int count = Integer.parseInt(exists.group(1));
      phase.add(new Event.Exists(span, count));
      while (uids.size() < count) {
        uids.add(UNKNOWN);
      }
    } else if (expunge.matches()) {
      int number = Integer.parseInt(expunge.group(1));
      phase.add(new Event.Expunged(span, number));
      if (number <= uids.size()) {
        messages.remove(uids.remove(number - 1));
      }
    } else if (vanished.matches()) {
      Set<Integer> gone = new HashSet<>();
      Ledger.uids(vanished.group(1)).forEach(uid -> gone.add(uid.intValue()));
      phase.add(new Event.Vanished(span, gone));
      for (Integer uid : gone) {
        if (!uids.remove(uid)) {
          boolean unused = uids.remove((Integer) UNKNOWN);
        }
        messages.remove(uid);
      }
    }
  }

  private void idle(Imap imap) throws IOException {
    while (true) {
      doing("IDLE");
      imap.idle();
      boolean more = false;
      while (!ended && !more) {
        byte[] response = imap.next(50);
        if (response != null) {
          told(response, phase.lookBegins());
          more = uids.contains(UNKNOWN);
          note();
        }
      }
      doing("DONE");
      Imap.Answer done = imap.done();
      long begin = phase.lookBegins();
      done.untagged().forEach(response -> told(response, begin));
      if (!done.isOk() || !catchUp(imap) || ended) {
        return;
      }
    }
  }
}
