package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.mailagent.history.Checker;
import net.mailagent.history.Event;
import net.mailagent.history.Message;
import net.mailagent.history.Outcome;
import net.mailagent.history.Position;
import net.mailagent.history.Recording;
import net.mailagent.history.Span;
import net.mailagent.history.Truth;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.mongo.Call.Operation;

/**
 * One schedule: what the actors do, in which order, and what becomes of each call. In the end the
 * history that the clients saw is checked, and every state that was ever read is held against a
 * simple model of the mail. Deterministic but for random ids and short pauses. One thread.
 */
final class Interleaving {
  /** Entries older than that, by the actors' clock, are trimmed. */
  static final Duration DAY = Duration.ofDays(1);

  /** Messages at the beginning, in two mailboxes. */
  private static final int LETTERS = 6;

  /** A delivery key is kept for five days: schedules are shorter. */
  private static final int MOST_MINUTES = 4 * 24 * 60;

  final UserId user = UserId.random();
  final Recording recording = new Recording();
  private final List<Actor> actors;
  private final Time time;
  private final Replicas replicas;
  private final Audit audit;
  private final Node calm;
  private final Map<String, Request> requests = new LinkedHashMap<>();
  private final Map<Actor, Client> clients = new HashMap<>();
  private final Map<Long, List<String>> seen = new HashMap<>(); // what was read, by seq
  private final Map<ContentId, String> identities = new HashMap<>();
  private long now = 1;
  private int minutes;
  private int deaths;
  private long trimmed;

  /** The actors' clock. */
  static final class Time implements Ticks {
    private volatile long millis = System.currentTimeMillis();

    @Override
    public long nanos() {
      return millis * 1_000_000;
    }

    @Override
    public long wallMillis() {
      return millis;
    }

    /** It is today again. */
    void reset() {
      millis = System.currentTimeMillis();
    }

    void pass(int minutes) {
      millis += minutes * 60_000L;
    }
  }

  Interleaving(List<Actor> actors, Time time, Replicas replicas, Node calm) {
    this.actors = actors;
    this.time = time;
    this.replicas = replicas;
    this.calm = calm;
    this.audit = new Audit(calm, user);
    calm.journals.begin(user, Node.ORIGIN, new OpenAccount(Map.of(), 0));
    calm.commit(user, new CreateMailbox(new MailboxPath("A"), Set.of(), 9));
    calm.commit(user, new CreateMailbox(new MailboxPath("B"), Set.of(), 9));
    List<MailboxId> mailboxes =
        calm.journals.current(user).mailboxes().stream().map(MailboxState::id).toList();
    for (int i = 0; i < LETTERS; i++) {
      ContentId content = content("letter " + i);
      MailboxId mailbox = mailboxes.get(i % 2);
      var added =
          calm.commit(
              user,
              new AddMessages(
                  mailbox,
                  List.of(new AddMessages.Message(content, Flags.of("\\Deleted"), 1, 5)),
                  null));
      recording.add(
          new Event.Append(
              new Span("calm", 0, 0),
              mailbox.hex(),
              "letter " + i,
              added.uids().min(),
              Outcome.ACKNOWLEDGED));
    }
    for (Actor actor : actors) {
      actor.reset();
      replicas.begins(actor);
      clients.put(actor, new Client(this, actor, mailboxes));
    }
  }

  /** Runs the schedule, then all that is under way to its end, and checks. */
  void run(List<Step> schedule) {
    for (Step step : schedule) {
      now++;
      switch (step) {
        case Step.Begin begin -> begin(begin);
        case Step.Go go -> go(go);
        case Step.Release r -> release();
        case Step.Wake wake ->
            actors.get(wake.node() % actors.size()).node().subscribers.wake(user);
        case Step.Befalls it -> replicas.befall(it.what(), actors.get(it.node() % actors.size()));
        case Step.Pass pass -> pass(pass.minutes());
      }
    }
    replicas.calm();
    actors.forEach(Actor::reconnect);
    finish();
    check();
  }

  private void begin(Step.Begin begin) {
    List<Actor> idle = actors.stream().filter(actor -> !actor.isBusy()).toList();
    if (!idle.isEmpty()) {
      Actor actor = idle.get(begin.idle() % idle.size());
      String id = "r" + requests.size();
      Request request = new Request(id, begin.op(), now);
      requests.put(id, request);
      Client client = clients.get(actor);
      replicas.begins(actor);
      actor.begin(() -> client.perform(request));
    }
  }

  private void go(Step.Go go) {
    List<Actor> busy = actors.stream().filter(Actor::isBusy).toList();
    if (!busy.isEmpty()) {
      Actor actor = busy.get(go.busy() % busy.size());
      boolean dies = go.fate() == Actor.Fate.DIES || go.fate() == Actor.Fate.DIES_AFTER;
      deaths += dies ? 1 : 0;
      go(actor, go.fate());
    }
  }

  private void go(Actor actor, Actor.Fate fate) {
    var call = actor.parked();
    if (call != null && call.operation() == Operation.DELETE) {
      audit.read(); // before entries go
    }
    time.pass(1);
    replicas.pass(1);
    replicas.meet(actor, fate);
    actor.go(fate);
  }

  private void release() {
    audit.read();
    actors.forEach(Actor::release);
  }

  private void pass(int more) {
    if (minutes + more < MOST_MINUTES) {
      minutes += more;
      replicas.pass(more);
      time.pass(more);
    }
  }

  private void finish() {
    for (Actor actor : actors) {
      while (actor.isBusy()) {
        now++;
        go(actor, Actor.Fate.PASSES);
      }
    }
    release();
  }

  /** When it is, on the clients' clock. */
  long now() {
    return now;
  }

  Duration day() {
    return DAY;
  }

  long wallMillis() {
    return time.wallMillis();
  }

  /** A content that is written now: one of those that are the same to the client. */
  ContentId content(String identity) {
    ContentId content = ContentId.at(time.wallMillis() / 1000);
    identities.put(content, identity);
    return content;
  }

  String identity(ContentId content) {
    return identities.getOrDefault(content, "none that was sent");
  }

  /** So many entries are gone. */
  void trimmed(long entries) {
    trimmed += entries;
  }

  /** Somebody who was woken was shown that; others may know more already. */
  void watched(UserState state) {
    if (state.mailboxes().stream().allMatch(MailboxState::isLoaded)) {
      seen.computeIfAbsent(state.seq(), seq -> new ArrayList<>()).add(MailModel.of(state));
    }
  }

  /** Whether who asks that actor may be told what was, not what is. */
  boolean isMisled(Actor actor) {
    return replicas.isMisled(actor);
  }

  /** Somebody was shown that, as of a moment of that span. */
  void shown(Span span, UserState state) {
    seen.computeIfAbsent(state.seq(), seq -> new ArrayList<>()).add(MailModel.of(state));
    for (MailboxState mailbox : state.mailboxes()) {
      recording.add(new Event.View(span, mailbox.id().hex(), mailbox.modSeq(), messages(mailbox)));
    }
  }

  private Map<Integer, Message> messages(MailboxState mailbox) {
    Map<Integer, Message> messages = new HashMap<>();
    for (int i = 0; i < mailbox.messages().size(); i++) {
      Placement row = mailbox.messages().at(i);
      messages.put(
          row.uid(),
          new Message(identity(row.content()), Set.copyOf(row.flags().names()), row.modSeq()));
    }
    return messages;
  }

  static List<Event.Change> changes(JournalEntry entry) {
    List<Event.Change> changes = new ArrayList<>();
    for (int i = 0; i < entry.changes().size(); i++) {
      changes.add(
          new Event.Change(new Position(entry.seq(), i), entry.changes().get(i).toString()));
    }
    return changes;
  }

  // ---- the end

  private void check() {
    now++;
    long quiet = now;
    audit.read();
    for (Actor actor : actors) { // warm as it is
      for (Step.What what :
          List.of(Step.What.TICK, Step.What.WATCH, Step.What.VIEW, Step.What.FOLLOW)) {
        Request last = new Request("last", new Step.Op(what, 0, 0), now);
        Client client = clients.get(actor);
        actor.begin(() -> client.perform(last));
        finish();
        assertThat(client.failure()).as("%s without faults", what).isEmpty();
      }
    }
    for (Actor actor : actors) {
      assertThat(clients.get(actor).watchedUpTo())
          .as("%s was woken for all, by the slow timer alone", actor.name)
          .isEqualTo(audit.history().size());
    }
    UserState state = audit.checkTwice();
    shown(new Span("cold", now, now), state);
    Checker.require(recording.events(), truth(quiet));
    model();
  }

  private Truth truth(long quiet) {
    Map<String, Truth.Mailbox> mailboxes = new HashMap<>();
    for (MailboxState mailbox : audit.truth().mailboxes()) {
      mailboxes.put(mailbox.id().hex(), new Truth.Mailbox(mailbox.modSeq(), messages(mailbox)));
    }
    List<Event.Change> changes = new ArrayList<>();
    audit.history().forEach(entry -> changes.addAll(changes(entry)));
    return new Truth(quiet, mailboxes, Map.of(user.hex(), changes));
  }

  /** Applies all requests in the order of their entries. */
  private void model() {
    MailModel model = new MailModel();
    Map<String, Integer> entries = new HashMap<>();
    for (JournalEntry entry : audit.history()) {
      String id = entry.origin().session();
      if (id.isEmpty()) {
        Request.learn(entry, model);
      } else {
        requests.get(id).apply(entry, model);
        entries.merge(id, 1, Integer::sum);
      }
      String expected = model.toString();
      for (String shown : seen.getOrDefault(entry.seq(), List.of())) {
        assertThat(shown).as("what was shown at %s", entry.seq()).isEqualTo(expected);
      }
    }
    requests.forEach((id, request) -> request.settled(entries.getOrDefault(id, 0)));
  }

  /** Requests to change something whose outcome no client knows. */
  List<Request> unanswered() {
    return requests.values().stream().filter(Request::isUnknown).toList();
  }

  /** Requests, of which acknowledged, deaths, entries, entries trimmed. */
  int[] figures() {
    int acknowledged = (int) requests.values().stream().filter(Request::isAcknowledged).count();
    return new int[] {requests.size(), acknowledged, deaths, audit.history().size(), (int) trimmed};
  }
}
