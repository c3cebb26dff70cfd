package net.mailagent.store.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.store.Faults;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each operation costs in calls to the database, warm and cold; printed as a table. */
class CallCountTest {
  private static final Origin ORIGIN = new Origin("lmtp", "", "delivery");

  private final TestDatabase database = TestDatabase.open();
  private final Faults calls = new Faults();
  private final Store store = Store.open(database.settings(), calls);
  private final UserId user = UserId.random();
  private final MailboxId inbox;
  private final MailboxId sent;
  private int deliveries;

  CallCountTest() {
    store
        .journals()
        .begin(
            user,
            ORIGIN,
            new OpenAccount(Map.of(SpecialUse.SENT, new MailboxPath("Sent")), 1L << 40));
    inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    sent = store.mailboxes().current(user).mailbox(SpecialUse.SENT).orElseThrow().id();
    List<AddMessages.Message> many = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      many.add(new AddMessages.Message(ContentId.random(), Flags.NONE, i, 1000));
    }
    store.mailboxes().commit(user, ORIGIN, new AddMessages(inbox, many, null));
    store.upkeep().checkpoint(user);
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  private record Cost(long writes, long reads) {}

  private Cost cost(String what, String how, Runnable work) {
    calls.take();
    work.run();
    List<Call> made = calls.take();
    long writes = made.stream().filter(call -> call.operation().isWrite()).count();
    System.out.printf(
        "%-34s %-5s %2d writes %2d reads  %s%n", what, how, writes, made.size() - writes, made);
    return new Cost(writes, made.size() - writes);
  }

  private void deliver() {
    deliver(List.of(user));
  }

  private void deliver(List<UserId> users) {
    deliver(users, "");
  }

  private void deliver(List<UserId> users, String fields) {
    Messages.Received received;
    String message = fields + "Subject: hello\r\n\r\nworld\r\n";
    try (Messages.Intake intake = store.messages().receive(1 << 20)) {
      intake.write(ByteBuffer.wrap(message.getBytes(US_ASCII)));
      received = intake.finish();
    }
    List<Messages.Delivery> all =
        users.stream()
            .map(u -> new Messages.Delivery(u, new byte[0], "queue id " + deliveries++))
            .toList();
    assertThat(store.messages().deliver(received, all, ORIGIN))
        .allMatch(verdict -> verdict instanceof Messages.Verdict.Delivered);
  }

  @Test
  void eachOperationCostsWhatTheDesignPromises() {
    Runnable forget = () -> store.journals().forget(user);
    store.mailboxes().current(user, Set.of(inbox, sent));
    assertThat(cost("deliver", "warm", this::deliver)).isEqualTo(new Cost(2, 0));
    String references = "In-Reply-To: <b@x>\r\nReferences: <a@x> <b@x>\r\n";
    assertThat(cost("deliver a reply", "warm", () -> deliver(List.of(user), references)))
        .isEqualTo(new Cost(2, 0));
    String bare = "In-Reply-To: <b@x>\r\n"; // whose thread only the store knows
    assertThat(
            cost("deliver a reply without References", "warm", () -> deliver(List.of(user), bare)))
        .isEqualTo(new Cost(2, 1));
    forget.run();
    assertThat(cost("deliver", "cold", this::deliver)).isEqualTo(new Cost(2, 4));
    forget.run();
    assertThat(
            cost(
                    "load the placements of INBOX",
                    "cold",
                    () -> store.mailboxes().current(user, Set.of(inbox)))
                .reads())
        .isLessThanOrEqualTo(6);
    assertThat(cost("catch up", "warm", () -> store.mailboxes().current(user, Set.of(inbox))))
        .isEqualTo(new Cost(0, 1));
    assertThat(
            cost(
                "STORE 5000 messages",
                "warm",
                () ->
                    commit(
                        new StoreFlags(
                            inbox,
                            UidSet.range(1, 5000),
                            FlagOperation.ADD,
                            Flags.of("\\Seen"),
                            OptionalLong.empty()))))
        .isEqualTo(new Cost(1, 0));
    assertThat(
            cost(
                "COPY 5000 messages",
                "warm",
                () -> commit(new CopyMessages(inbox, UidSet.range(1, 5000), sent, false))))
        .isEqualTo(new Cost(1, 0));
    assertThat(
            cost(
                "MOVE 4000 messages",
                "warm",
                () -> commit(new CopyMessages(inbox, UidSet.range(1, 4000), sent, true))))
        .isEqualTo(new Cost(1, 0));
    commit(
        new StoreFlags(
            inbox,
            UidSet.range(4001, 5000),
            FlagOperation.ADD,
            Flags.of("\\Deleted"),
            OptionalLong.empty()));
    assertThat(
            cost(
                "EXPUNGE 1000 messages",
                "warm",
                () -> commit(new ExpungeMessages(inbox, Optional.empty()))))
        .isEqualTo(new Cost(1, 0));
    forget.run();
    assertThat(
            cost(
                    "MOVE 5000 messages",
                    "cold",
                    () -> commit(new CopyMessages(sent, UidSet.range(1, 5000), inbox, true)))
                .writes())
        .isEqualTo(1);
    assertThat(cost("checkpoint", "warm", () -> store.upkeep().checkpoint(user)).writes())
        .isEqualTo(2);
  }

  @Test
  void aColdNodePaysReadsAndTheSameWrites() {
    commit(flags("\\Seen"));
    Map<String, Edit<?>> edits = new LinkedHashMap<>();
    edits.put("STORE 5000 messages", flags("\\Deleted"));
    edits.put("COPY 5000 messages", new CopyMessages(inbox, UidSet.range(1, 5000), sent, false));
    edits.put("EXPUNGE 5000 messages", new ExpungeMessages(inbox, Optional.empty()));
    edits.put("MOVE 5000 messages", new CopyMessages(sent, UidSet.range(1, 5000), inbox, true));
    edits.forEach((what, edit) -> {
      store.journals().forget(user);
      Cost cost = cost(what, "cold", () -> commit(edit));
      assertThat(cost.writes()).isEqualTo(1);
      assertThat(cost.reads()).isLessThanOrEqualTo(10);
    });
  }

  private StoreFlags flags(String flag) {
    return new StoreFlags(
        inbox, UidSet.range(1, 5000), FlagOperation.ADD, Flags.of(flag), OptionalLong.empty());
  }

  @Test
  void aCheckpointWritesOnlyWhatChanged() {
    deliver();
    assertThat(checkpoint("a delivery", 1, this::deliver)).isLessThanOrEqualTo(5);
    assertThat(
            checkpoint(
                "256 deliveries",
                256,
                () -> {
                  for (int i = 0; i < 256; i++) {
                    deliver();
                  }
                }))
        .isLessThanOrEqualTo(6);
    StoreFlags one =
        new StoreFlags(
            inbox, UidSet.of(2000), FlagOperation.ADD, Flags.of("\\Flagged"), OptionalLong.empty());
    assertThat(checkpoint("STORE of 1 message", 1, () -> commit(one))).isLessThanOrEqualTo(3);
    assertThat(checkpoint("STORE of 5000 messages", 1, () -> commit(flags("\\Seen"))))
        .isLessThanOrEqualTo(8);
  }

  /** How many documents a checkpoint writes after that many changes; prints their size. */
  private int checkpoint(String what, int changes, Runnable work) {
    long mark = store.upkeep().checkpoint(user);
    work.run();
    store.upkeep().checkpoint(user);
    BsonDocument newer =
        new BsonDocument("user", Ids.bson(user))
            .append("seq", new BsonDocument("$gt", new BsonInt64(mark)));
    long bytes = 0;
    List<BsonDocument> written = store.connection().documents("state").find(Query.of(newer), 1000);
    for (BsonDocument document : written) {
      bytes += ((RawBsonDocument) document).getByteBuffer().remaining();
    }
    System.out.printf(
        "checkpoint after %-24s %2d documents, %6d bytes, %5d for each change%n",
        what, written.size(), bytes, bytes / changes);
    return written.size();
  }

  @Test
  void aMessageForAHundredCostsAsMuchAsForOne() {
    List<UserId> users = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      UserId one = UserId.random();
      store.journals().begin(one, ORIGIN, new OpenAccount(Map.of(), 0));
      users.add(one);
    }
    assertThat(cost("deliver to 100 users", "warm", () -> deliver(users)))
        .isEqualTo(new Cost(2, 0));
  }

  private <R> void commit(Edit<R> edit) {
    store.mailboxes().commit(user, ORIGIN, edit);
  }
}
