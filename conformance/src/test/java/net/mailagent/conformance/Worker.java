package net.mailagent.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.mailagent.history.Event;
import net.mailagent.history.Message;
import net.mailagent.history.Outcome;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;
import net.mailagent.history.Violation;

/**
 * A mail program of one user that does everything, on whatever node it gets; when that is lost it
 * connects to another. Runs on a thread of its own.
 */
final class Worker implements Runnable {
  private static final int PAUSE_MILLIS = 60;
  private static final int LARGEST = 100;

  private final Phase phase;
  private final User user;
  private final Random random;
  private final String name;
  // the open mailbox as it was looked at last, without what this client did since
  private String mailbox = "";
  private final TreeMap<Integer, Message> messages = new TreeMap<>();

  /** The keywords this client has added and not removed, where. */
  private final Map<String, Map<String, Set<Integer>>> keywords = new HashMap<>();

  Worker(Phase phase, User user, Random random) {
    this.phase = phase;
    this.user = user;
    this.random = random;
    this.name = phase.name("worker of " + user.name() + " #");
  }

  @Override
  public void run() {
    while (!phase.over.get()) {
      try (Imap imap = Imap.tryLogin(phase.cluster.imap(random), user)) {
        look(imap, Phase.MAILBOXES.get(random.nextInt(Phase.MAILBOXES.size())));
        while (phase.pause(random, PAUSE_MILLIS)) {
          step(imap);
        }
      } catch (IOException e) {
        boolean unused = phase.pause(random, 4 * PAUSE_MILLIS);
      } catch (RuntimeException | AssertionError e) {
        phase.wrong(Violation.Promise.SESSION, name + ": " + e);
      }
    }
  }

  private void step(Imap imap) throws IOException {
    int dice = random.nextInt(100);
    if (messages.isEmpty() || dice < 14) {
      append(imap);
    } else if (messages.size() > LARGEST || dice < 26) {
      expunge(imap);
    } else if (dice < 36) {
      copy(imap, false);
    } else if (dice < 46) {
      copy(imap, true);
    } else if (dice < 56) {
      search(imap);
    } else if (dice < 70) {
      look(imap, Phase.MAILBOXES.get(random.nextInt(Phase.MAILBOXES.size())));
    } else if (dice < 78) {
      removeKeyword(imap);
    } else {
      addKeyword(imap, random.nextBoolean());
    }
  }

  private String place() {
    return Phase.mailbox(user, mailbox);
  }

  private Span since(long begin) {
    return new Span(name, begin, Recording.now());
  }

  private static String set(Set<Integer> uids) {
    return uids.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
  }

  private Set<Integer> some(int most) {
    List<Integer> all = new ArrayList<>(messages.keySet());
    Collections.shuffle(all, random);
    return new HashSet<>(all.subList(0, Math.min(all.size(), 1 + random.nextInt(most))));
  }

  /** Opens a mailbox and reads all of it. */
  private void look(Imap imap, String other) throws IOException {
    long begin = phase.lookBegins();
    View seen =
        View.of(imap, "SELECT", other)
            // nobody knows which mailbox is open now: a new session does
            .orElseThrow(() -> new IOException("cannot look at " + other));
    mailbox = other;
    messages.clear();
    messages.putAll(seen.messages());
    phase.add(new Event.View(since(begin), place(), seen.highest(), Map.copyOf(seen.messages())));
    phase.acknowledged("looks");
  }

  private void append(Imap imap) throws IOException {
    String id = phase.name(user.name() + "-append");
    String to = Phase.MAILBOXES.get(random.nextInt(Phase.MAILBOXES.size()));
    long begin = Recording.now();
    int uid = 0;
    Outcome outcome = Outcome.UNKNOWN;
    try {
      Imap.Answer answer = imap.tryAppend(to, phase.message(id, random));
      if (answer.isOk()) {
        uid = Integer.parseInt(answer.find("\\[APPENDUID \\d+ (\\d+)]"));
        outcome = Outcome.ACKNOWLEDGED;
        phase.acknowledged("appends");
        if (to.equals(mailbox)) {
          messages.put(uid, new Message(id, Set.of(), 0));
        }
      }
    } finally {
      phase.add(new Event.Append(since(begin), Phase.mailbox(user, to), id, uid, outcome));
    }
  }

  private void addKeyword(Imap imap, boolean conditional) throws IOException {
    String keyword = phase.name("k");
    Set<Integer> uids = some(conditional ? 3 : 12);
    long condition = -1;
    if (conditional) {
      Optional<Long> highest = modSeq(imap, uids);
      if (highest.isEmpty()) {
        return;
      }
      condition = highest.get();
    }
    Set<Integer> told = store(imap, uids, true, keyword, condition);
    if (!told.isEmpty()) {
      keywords.computeIfAbsent(mailbox, m -> new HashMap<>()).put(keyword, told);
    }
  }

  private void removeKeyword(Imap imap) throws IOException {
    Map<String, Set<Integer>> own = keywords.getOrDefault(mailbox, Map.of());
    if (!own.isEmpty()) {
      String keyword = List.copyOf(own.keySet()).get(random.nextInt(own.size()));
      Set<Integer> uids = own.remove(keyword);
      if (uids != null) {
        Set<Integer> unused = store(imap, uids, false, keyword, -1);
      }
    }
  }

  /** The highest MODSEQ of those that are still there. */
  private Optional<Long> modSeq(Imap imap, Set<Integer> uids) throws IOException {
    Imap.Answer answer = imap.ask("UID FETCH " + set(uids) + " (MODSEQ)");
    return answer.isOk()
        ? answer.fetched().stream()
            .filter(one -> uids.contains((int) one.uid))
            .map(one -> one.modSeq)
            .max(Long::compare)
        : Optional.empty();
  }

  /** The messages that show that it was done. */
  private Set<Integer> store(
      Imap imap, Set<Integer> uids, boolean add, String keyword, long condition)
      throws IOException {
    long begin = Recording.now();
    Outcome outcome = Outcome.UNKNOWN;
    Set<Integer> told = new HashSet<>();
    Set<Integer> modified = new HashSet<>();
    try {
      Imap.Answer answer =
          imap.ask(
              "UID STORE "
                  + set(uids)
                  + (condition >= 0 ? " (UNCHANGEDSINCE " + condition + ")" : "")
                  + (add ? " +" : " -")
                  + "FLAGS ("
                  + keyword
                  + ")");
      if (answer.isOk()) {
        outcome = Outcome.ACKNOWLEDGED;
        phase.acknowledged(condition >= 0 ? "conditional STOREs" : "STOREs");
        answer
            .look("\\[MODIFIED ([\\d:,]+)]")
            .ifPresent(set -> Ledger.uids(set).forEach(uid -> modified.add(uid.intValue())));
        for (Fetched fetched : answer.fetched()) {
          int uid = (int) fetched.uid;
          if (uids.contains(uid)
              && !modified.contains(uid)
              && fetched.flags.contains(keyword) == add) {
            told.add(uid);
          }
        }
      }
    } finally {
      phase.add(
          new Phase.FlagStore(
              since(begin), place(), uids, add, keyword, condition, told, modified, outcome));
    }
    return told;
  }

  private void copy(Imap imap, boolean move) throws IOException {
    List<String> others = new ArrayList<>(Phase.MAILBOXES);
    others.remove(mailbox);
    String to = others.get(random.nextInt(others.size()));
    Set<Integer> uids = some(3);
    long begin = Recording.now();
    Outcome outcome = Outcome.UNKNOWN;
    Map<Integer, Integer> placed = new HashMap<>();
    try {
      Imap.Answer answer = imap.ask("UID " + (move ? "MOVE " : "COPY ") + set(uids) + " " + to);
      if (answer.isOk()) {
        outcome = Outcome.ACKNOWLEDGED;
        phase.acknowledged(move ? "moves" : "copies");
        Optional<String> sources = answer.look("\\[COPYUID \\d+ ([\\d:,]+) ");
        if (sources.isPresent()) {
          List<Long> from = Ledger.uids(sources.get());
          List<Long> there = Ledger.uids(answer.find("\\[COPYUID \\d+ [\\d:,]+ ([\\d:,]+)]"));
          for (int i = 0; i < from.size(); i++) {
            placed.put(from.get(i).intValue(), there.get(i).intValue());
          }
        }
        if (move) {
          messages.keySet().removeAll(uids);
        }
      }
    } finally {
      phase.add(
          new Event.Copy(
              since(begin), place(), uids, Phase.mailbox(user, to), placed, move, outcome));
    }
  }

  private void expunge(Imap imap) throws IOException {
    Set<Integer> uids = some(messages.size() > LARGEST ? 40 : 4);
    long begin = Recording.now();
    Imap.Answer deleted;
    try {
      deleted = imap.ask("UID STORE " + set(uids) + " +FLAGS.SILENT (\\Deleted)");
    } finally {
      // others may set it too, so nobody can say whose it was
      phase.add(
          new Phase.FlagStore(
              since(begin),
              place(),
              uids,
              true,
              "\\Deleted",
              -1,
              Set.of(),
              Set.of(),
              Outcome.UNKNOWN));
    }
    if (!deleted.isOk()) {
      return;
    }
    long expunging = Recording.now();
    Outcome outcome = Outcome.UNKNOWN;
    try {
      if (imap.ask("UID EXPUNGE " + set(uids)).isOk()) {
        outcome = Outcome.ACKNOWLEDGED;
        phase.acknowledged("expunges");
        messages.keySet().removeAll(uids);
      }
    } finally {
      phase.add(new Event.Removal(since(expunging), place(), uids, outcome));
    }
  }

  /** What is found by its subject has that subject. */
  private void search(Imap imap) throws IOException {
    int uid = List.copyOf(messages.keySet()).get(random.nextInt(messages.size()));
    String id = messages.getOrDefault(uid, new Message("", Set.of(), 0)).identity();
    Imap.Answer answer = imap.ask("UID SEARCH HEADER SUBJECT \"" + id + "\"");
    if (answer.isOk()) {
      phase.acknowledged("searches");
      answer
          .look("SEARCH ([\\d ]+)")
          .ifPresent(found -> {
            for (String one : found.strip().split(" ")) {
              Message message = messages.get(Integer.parseInt(one));
              if (message != null && !message.identity().startsWith(id)) {
                phase.wrong(
                    Violation.Promise.RECENT,
                    name + ": SEARCH for " + id + " found " + message.identity());
              }
            }
          });
    }
  }
}
