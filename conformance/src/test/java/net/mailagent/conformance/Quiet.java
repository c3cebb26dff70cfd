package net.mailagent.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.mailagent.history.Checker;
import net.mailagent.history.Event;
import net.mailagent.history.Message;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;
import net.mailagent.history.Truth;
import net.mailagent.history.Violation;
import net.mailagent.model.MailboxId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;

/** The end of a phase: what the store holds when nobody changes anything any more. One thread. */
final class Quiet {
  private static final String DATABASE = "mail";
  private static final int STILL_MILLIS = 1_500;
  private static final int LIMIT_MILLIS = 60_000;

  /** The events of one entry come together. */
  private static final int REST_MILLIS = 2_000;

  private final Phase phase;
  private final String url;
  private final Map<User, UserState> states;
  private final long since;
  private final Map<String, String> identities = new HashMap<>();

  private Quiet(Phase phase, String url, Map<User, UserState> states, long since) {
    this.phase = phase;
    this.url = url;
    this.states = states;
    this.since = since;
  }

  /** Waits until what was under way has happened or not, and reads the store past all nodes. */
  static Quiet reached(Phase phase, Optional<String> mongo) throws InterruptedException {
    String url = mongo.or(phase.cluster::storeUrl).orElseThrow();
    long limit = System.nanoTime() + LIMIT_MILLIS * 1_000_000L;
    Map<User, UserState> states = read(phase.users, url);
    long stillSince = System.nanoTime();
    while (System.nanoTime() - stillSince < STILL_MILLIS * 1_000_000L) {
      Thread.sleep(100);
      Map<User, UserState> now = read(phase.users, url);
      for (User user : phase.users) {
        UserState before = states.get(user);
        UserState after = now.get(user);
        if (before == null || after == null || before.seq() != after.seq()) {
          stillSince = System.nanoTime();
        }
      }
      states = now;
      if (System.nanoTime() > limit) {
        throw new AssertionError("something goes on changing mail");
      }
    }
    return new Quiet(phase, url, states, Recording.now());
  }

  private static Map<User, UserState> read(List<User> users, String url) {
    for (int tries = 0; ; tries++) {
      Map<User, UserState> states = new HashMap<>();
      try (Store store = Store.open(StoreSettings.of(url, DATABASE))) {
        for (User user : users) {
          UserId id = new UserId(user.id());
          Set<MailboxId> all = new HashSet<>();
          store.mailboxes().current(id).mailboxes().forEach(mailbox -> all.add(mailbox.id()));
          states.put(user, store.mailboxes().current(id, all));
        }
        return states;
      } catch (StoreUnavailable e) {
        if (tries == 5) {
          throw e;
        }
      }
    }
  }

  private static Map<Integer, Placement> rows(MailboxState mailbox) {
    Map<Integer, Placement> rows = new TreeMap<>();
    mailbox.messages().rows(mailbox.messages().uids()).forEach(row -> rows.put(row.uid(), row));
    return rows;
  }

  /** By the name the events have for it. */
  private Map<String, MailboxState> mailboxes() {
    Map<String, MailboxState> all = new TreeMap<>();
    states.forEach((user, state) -> {
      for (MailboxState mailbox : state.mailboxes()) {
        if (Phase.MAILBOXES.contains(mailbox.path().value())) {
          all.put(Phase.mailbox(user, mailbox.path().value()), mailbox);
        }
      }
    });
    return all;
  }

  /** Who has not heard of everything yet. */
  List<String> late(List<Idler> idlers, List<Follower> followers) {
    List<String> late = new ArrayList<>();
    Map<String, Map<Integer, Long>> expected = new HashMap<>();
    mailboxes()
        .forEach((name, mailbox) -> {
          Map<Integer, Long> modSeqs = new HashMap<>();
          rows(mailbox).forEach((uid, row) -> modSeqs.put(uid, row.modSeq()));
          expected.put(name, modSeqs);
        });
    for (Idler idler : idlers) {
      Map<Integer, Long> wanted = expected.getOrDefault(idler.place(), Map.of());
      if (!wanted.equals(idler.known())) {
        late.add(idler + " knows " + difference(idler.known(), wanted) + ", in " + idler.doing());
      }
    }
    for (Follower follower : followers) {
      UserState state = states.get(follower.user());
      if (state != null && follower.seq() < state.seq()) {
        late.add(follower + " is at " + follower.seq() + ", not " + state.seq());
      }
    }
    return late;
  }

  private static String difference(Map<Integer, Long> known, Map<Integer, Long> wanted) {
    Map<Integer, Long> more = new TreeMap<>(known);
    more.entrySet().removeAll(wanted.entrySet());
    Map<Integer, Long> less = new TreeMap<>(wanted);
    less.entrySet().removeAll(known.entrySet());
    return "also " + more + ", lacks " + less;
  }

  /** Looks at every mailbox from every node. */
  void look() throws IOException {
    for (User user : phase.users) {
      for (int node = 0; node < Cluster.NODES; node++) {
        try (Imap imap = Imap.login(phase.cluster.imap(node), user)) {
          for (String mailbox : Phase.MAILBOXES) {
            long begin = Recording.now();
            View view = View.of(imap, "EXAMINE", mailbox).orElseThrow();
            String place = Phase.mailbox(user, mailbox);
            view.messages()
                .forEach((uid, message) -> identities.put(place + " " + uid, message.identity()));
            phase.add(
                new Event.View(
                    new Span("last look at node " + node, begin, Recording.now()),
                    place,
                    view.highest(),
                    Map.copyOf(view.messages())));
            if (node == 0 && !view.messages().isEmpty()) {
              wholeContents(imap, place, view);
            }
          }
        }
      }
    }
  }

  /** Every message is what was sent, to the last octet. */
  private void wholeContents(Imap imap, String place, View view) throws IOException {
    int found = 0;
    for (Fetched fetched : imap.fetch("1:*", "BODY.PEEK[]")) {
      found++;
      Message message = view.messages().get((int) fetched.uid);
      if (message == null || !phase.isWhole(message.identity(), fetched.section("BODY[]"))) {
        phase.wrong(
            Violation.Promise.NOT_LOST, place + " UID " + fetched.uid + " is not as it was sent");
      }
    }
    if (found != view.messages().size()) {
      phase.wrong(
          Violation.Promise.NOT_LOST,
          place + " gives " + found + " of " + view.messages().size() + " contents");
    }
  }

  /** Holds everything the clients were told against the store and against each other. */
  void check(Consumer<Violation> wrong) throws IOException {
    Map<String, List<StreamEvent>> streams = new HashMap<>();
    Map<String, List<Event.Change>> changes = new HashMap<>();
    for (Map.Entry<User, UserState> one : states.entrySet()) {
      List<StreamEvent> stream = stream(one.getKey(), one.getValue().seq());
      streams.put(one.getKey().name(), stream);
      changes.put(one.getKey().name(), stream.stream().map(StreamEvent::event).toList());
    }
    Map<String, Truth.Mailbox> truth = new HashMap<>();
    mailboxes()
        .forEach((name, mailbox) -> {
          Map<Integer, Message> messages = new HashMap<>();
          rows(mailbox)
              .forEach((uid, row) ->
                  messages.put(
                      uid,
                      new Message(
                          identities.getOrDefault(name + " " + uid, ""),
                          Set.copyOf(row.flags().names()),
                          row.modSeq())));
          truth.put(name, new Truth.Mailbox(mailbox.modSeq(), messages));
        });
    List<Event> events = phase.events(streams);
    Checker.check(events, new Truth(since, truth, changes)).forEach(wrong);
    phase.violations().forEach(wrong);
  }

  /** All that the journal tells, up to where it stands. */
  private List<StreamEvent> stream(User user, long head) throws IOException {
    List<StreamEvent> all = new ArrayList<>();
    try (PushStream stream = new PushStream(phase.cluster.http(0), user, Follower.BEGINNING)) {
      while (true) {
        boolean whole = !all.isEmpty() && all.getLast().event().at().seq() >= head;
        StreamEvent event = stream.next(whole ? REST_MILLIS : LIMIT_MILLIS);
        if (event == null && !whole) {
          throw new AssertionError(user + " stops before " + head + ": " + all.size() + " events");
        }
        if (event == null) {
          return all;
        }
        all.add(event);
      }
    }
  }

  /** What the phase left in the store. */
  Left left() {
    return new Left(phase.users, url, states);
  }

  /** What a phase left; an hour has a hundred, of which nothing else is kept. */
  record Left(List<User> users, String url, Map<User, UserState> states) {
    /** That nothing of it has changed since. */
    void stillSo(Consumer<Violation> wrong) {
      Map<User, UserState> now = read(users, url);
      states.forEach((user, state) -> {
        UserState later = now.get(user);
        if (later == null || !later.sameAs(state)) {
          wrong.accept(
              new Violation(
                  Violation.Promise.CONVERGENCE,
                  "the mail of " + user.name() + " changed after all was quiet"));
        }
      });
    }
  }
}
