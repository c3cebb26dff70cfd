package net.mailagent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.mailagent.api.EventReader.Event;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** GET /users/{user}/updates over a real socket. */
class PushStreamTest {
  private static final Settings SETTINGS =
      ApiServer.SETTINGS
          .with(ApiSettings.PUSH_RETRY, Duration.ofMillis(20))
          .with(ApiSettings.PUSH_WINDOW, 7)
          .with(ApiSettings.PUSH_BATCH, 5);

  private ApiServer server;
  private UserId user;

  @BeforeEach
  void start() throws Exception {
    server = new ApiServer(SETTINGS);
    user = server.user("joe");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private EventReader follow(String... headers) throws IOException {
    return new EventReader(server, "/users/" + user + "/updates", headers);
  }

  @Test
  void tellsADeliveryAsItHappens() throws Exception {
    try (EventReader events = follow().started()) {
      int uid = server.mail.deliver(user, "INBOX", 1, "\\Flagged");
      MailboxState inbox = server.mail.mailbox(user, "INBOX");
      ContentId content = inbox.messages().at(0).content();
      List<Event> told = events.next(2);
      Event exists = told.getFirst();
      assertThat(exists.command()).isEqualTo("EXISTS");
      assertThat(exists.id()).isEqualTo("2.1");
      assertThat(exists.text("mailbox")).isEqualTo(inbox.id().hex());
      assertThat(exists.text("path")).isEqualTo("INBOX");
      assertThat(exists.text("message")).isEqualTo(content.hex());
      assertThat(exists.text("thread")).isEqualTo(InMemoryContents.threadOf(content));
      assertThat(exists.data().path("uid").asInt()).isEqualTo(uid);
      assertThat(exists.data().path("flags").toString()).isEqualTo("[\"\\\\Flagged\"]");
      assertThat(exists.data().path("unseen").asBoolean()).isTrue();
      assertThat(exists.text("origin")).isEqualTo("lmtp");
      assertThat(exists.text("purpose")).isEqualTo("delivery");
      Event counters = told.getLast();
      assertThat(counters.command()).isEqualTo("COUNTERS");
      assertThat(counters.id()).isEqualTo("2.2");
      assertThat(counters.data().path("total").asInt()).isEqualTo(1);
      assertThat(counters.data().path("unseen").asInt()).isEqualTo(1);
    }
  }

  @Test
  void tellsFlagsAndMovesToJunk() throws Exception {
    int uid = server.mail.deliver(user, "INBOX", 1);
    try (EventReader events =
        new EventReader(server, "/users/joe/updates?lastEventId=2").started()) {
      server.mail.flag(user, "INBOX", UidSet.of(uid), FlagOperation.ADD, "\\Seen", "$Junk");
      List<Event> flagged = events.next(2);
      assertThat(flagged.getFirst().command()).isEqualTo("FETCH");
      assertThat(flagged.getFirst().text("operation")).isEqualTo("add");
      assertThat(flagged.getFirst().data().path("flags").toString())
          .isEqualTo("[\"\\\\Seen\",\"$Junk\"]");
      assertThat(flagged.getFirst().text("thread")).isNotEmpty();
      assertThat(flagged.getLast().data().path("unseen").asInt()).isZero();
      MailboxState inbox = server.mail.mailbox(user, "INBOX");
      MailboxState junk = server.mail.mailbox(user, SpecialUse.JUNK);
      server.mail.move(user, "INBOX", uid, "Junk");
      List<Event> moved = events.next(5);
      assertThat(moved)
          .extracting(Event::command)
          .containsExactly("EXISTS", "MOVED", "EXPUNGE", "COUNTERS", "COUNTERS");
      assertThat(moved).extracting(Event::id).containsExactly("4.1", "4.2", "4.3", "4.4", "4.5");
      assertThat(moved.get(1).text("specialUse")).isEqualTo("\\Junk");
      assertThat(moved.get(1).text("mailbox")).isEqualTo(junk.id().hex());
      assertThat(moved.get(1).text("from")).isEqualTo(inbox.id().hex());
      assertThat(moved.get(2).text("movedTo")).isEqualTo(junk.id().hex());
      assertThat(moved.get(2).text("message")).isEqualTo(moved.get(1).text("message"));
      assertThat(moved.get(2).text("thread")).isNotEmpty();
    }
  }

  @Test
  void beginsAtThePresentOrWhereItWasLeft() throws Exception {
    server.mail.deliver(user, "INBOX", 3);
    try (EventReader events = follow().started()) {
      assertThat(events.lastId()).isEqualTo("2");
      server.mail.deliver(user, "INBOX", 1);
      assertThat(events.next(1).getFirst().id()).isEqualTo("3.1");
    }
    try (EventReader events = follow("Last-Event-ID: 2.2")) {
      assertThat(events.next(3)).extracting(Event::id).containsExactly("2.3", "2.4", "3.1");
    }
    try (EventReader events =
        new EventReader(server, "/users/" + user + "/updates?lastEventId=0", "Last-Event-ID: 2")) {
      assertThat(events.next(2)).extracting(Event::id).containsExactly("3.1", "3.2");
    }
  }

  @Test
  void nothingIsMissingAndNothingComesTwiceHoweverOftenTheClientComesBack() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < 30; i++) {
      int uid = server.mail.deliver(user, "INBOX", 1 + random.nextInt(12));
      switch (random.nextInt(3)) {
        case 0 ->
            server.mail.flag(
                user, "INBOX", UidSet.range(1, uid), FlagOperation.ADD, "\\Seen", "k" + i);
        case 1 -> server.mail.move(user, "INBOX", uid, "Archive");
        default -> {}
      }
    }
    List<String> expected = new ArrayList<>();
    server
        .mail
        .since(user, 0, 1000)
        .forEach(entry -> {
          int count = (int) PushEvent.count(entry);
          for (int n = 1; n <= count; n++) {
            expected.add(new EventId(entry.seq(), count == 1 ? 0 : n).toString());
          }
        });
    List<String> told = new ArrayList<>();
    String last = "0";
    while (told.size() < expected.size()) {
      try (EventReader events = follow("Last-Event-ID: " + last)) {
        int wanted = Math.min(1 + random.nextInt(60), expected.size() - told.size());
        for (Event event : events.next(wanted)) {
          told.add(event.id());
          last = event.id();
        }
      }
    }
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void aUserIsNamedByIdOrUserName() throws Exception {
    server.user("bob@example.org");
    for (String name : List.of("bob%40example.org", "BOB@example.org", "joe", user.hex())) {
      try (EventReader events = new EventReader(server, "/users/" + name + "/updates").started()) {
        assertThat(events.status()).as(name).isEqualTo(200);
      }
    }
  }

  @Test
  void aTrimmedOrUnknownPositionIsARefreshInsteadOfSilence() throws Exception {
    server.mail.deliver(user, "INBOX", 1);
    server.mail.deliver(user, "INBOX", 1);
    server.mail.trim(user, 2);
    for (String position : List.of("1", "0", "2.1", "99", "99.5")) {
      try (EventReader events = follow("Last-Event-ID: " + position)) {
        Event resync = events.next(1).getFirst();
        assertThat(resync.command()).as(position).isEqualTo("RESYNC");
        String now = Long.toString(server.mail.current(user).seq());
        assertThat(resync.id()).isEqualTo(now);
        server.mail.deliver(user, "INBOX", 1);
        assertThat(events.next(1).getFirst().command()).isEqualTo("EXISTS");
      }
    }
    try (EventReader events = follow("Last-Event-ID: 2")) {
      assertThat(events.next(1).getFirst().id()).isEqualTo("3.1");
    }
  }

  @Test
  void aClientAheadOfTheJournalKeepsItsPlaceUntilItIsToldToResync() throws Exception {
    for (String position : List.of("99", "99.5")) {
      try (EventReader events = follow("Last-Event-ID: " + position)) {
        assertThat(events.block()).containsExactly("retry: 20");
        assertThat(events.block()).containsExactly("id: 1", "data: {\"command\":\"RESYNC\"}");
      }
    }
  }

  @Test
  void aSlowReaderIsPausedAndMissesNothing() throws Exception {
    try (EventReader events =
        new EventReader(server, 4096, "/users/" + user + "/updates").started()) {
      int deliveries = 300;
      for (int i = 0; i < deliveries; i++) {
        server.mail.deliver(user, "INBOX", 100);
      }
      int before;
      int after = server.mail.reads.get();
      do {
        before = after;
        Thread.sleep(300);
        after = server.mail.reads.get();
      } while (after > before);
      int windows = deliveries * 101 / 7;
      assertThat(after).as("it waits for the reader").isLessThan(windows * 9 / 10);
      List<Event> told = events.next(deliveries * 101);
      assertThat(told.getLast().id()).isEqualTo("301.101");
      assertThat(told.stream().map(Event::id).distinct()).hasSize(deliveries * 101);
      assertThat(server.mail.reads.get()).isLessThanOrEqualTo(windows + deliveries + 1);
    }
  }

  @Test
  void aQuietStreamSaysThatItLives() throws Exception {
    Settings settings = SETTINGS.with(ApiSettings.PUSH_HEARTBEAT, Duration.ofMillis(50));
    try (ApiServer quick = new ApiServer(settings)) {
      UserId ann = quick.user("ann");
      try (EventReader events = new EventReader(quick, "/users/" + ann + "/updates").started()) {
        for (int i = 0; i < 3; i++) {
          Event comment = events.next();
          assertThat(comment).isNotNull();
          assertThat(comment.command()).isEqualTo(":");
        }
        quick.mail.deliver(ann, "INBOX", 1);
        assertThat(events.next(1).getFirst().command()).isEqualTo("EXISTS");
      }
    }
  }

  @Test
  void aStoreThatWasAwayIsGoneOnWith() throws Exception {
    try (EventReader events = follow().started()) {
      server.mail.unavailable = true;
      Thread.sleep(100);
      server.mail.unavailable = false;
      server.mail.deliver(user, "INBOX", 1);
      server.mail.deliver(user, "INBOX", 1);
      assertThat(events.next(4)).extracting(Event::id).containsExactly("2.1", "2.2", "3.1", "3.2");
    }
    server.mail.unavailable = true;
    assertThat(server.get("/users/" + user + "/updates").status()).isEqualTo(503);
  }

  @Test
  void theStreamOfADeletedUserEnds() throws Exception {
    try (EventReader events = follow().started()) {
      server.mail.change(user, new Origin("system", "", ""), new Change.Closed());
      assertThat(events.next(1).getFirst().command()).isEqualTo("CLOSED");
      assertThat(events.next()).isNull();
    }
    assertThat(server.get("/users/" + user + "/updates").status()).isEqualTo(404);
  }

  @Test
  void whatCannotBeFollowedIsSaid() throws Exception {
    assertThat(server.get("/users/nobody/updates").code()).isEqualTo("UserNotFound");
    assertThat(server.get("/users/" + UserId.random() + "/updates").code())
        .isEqualTo("UserNotFound");
    for (String id : List.of("x", "-1", "1.", "0.1", "1.2.3", "99999999999999999999")) {
      assertThat(server.get("/users/joe/updates?lastEventId=" + id).detail("lastEventId"))
          .as(id)
          .isNotEmpty();
    }
    try (ApiServer guarded =
            new ApiServer(SETTINGS.with(ApiSettings.ACCESS_TOKEN, Optional.of("t")));
        EventReader refused = new EventReader(guarded, "/users/joe/updates")) {
      assertThat(refused.status()).isEqualTo(403);
    }
  }

  @Test
  void streamsPerUserAreBoundedAndGivenBack() throws Exception {
    try (ApiServer few = new ApiServer(SETTINGS.with(ApiSettings.PUSH_STREAMS_PER_USER, 2))) {
      String path = "/users/" + few.user("ann") + "/updates";
      try (EventReader one = new EventReader(few, path).started();
          EventReader two = new EventReader(few, path).started()) {
        assertThat(few.get(path).status()).isEqualTo(429);
        assertThat(one.status() + two.status()).isEqualTo(400);
        assertThat(few.mail.subscriptions()).isEqualTo(2);
      }
      for (int i = 0; i < 500 && few.mail.subscriptions() > 0; i++) {
        Thread.sleep(10);
      }
      assertThat(few.mail.subscriptions()).isZero();
      try (EventReader again = new EventReader(few, path).started()) {
        assertThat(again.status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aStoppingNodeEndsItsStreams() throws Exception {
    try (EventReader events = follow().started()) {
      long start = System.nanoTime();
      server.agent.drain(Duration.ofSeconds(60));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      assertThat(events.next()).isNull();
    }
  }
}
