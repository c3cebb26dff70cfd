package net.mailagent.store.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.OneMessage;
import net.mailagent.store.Store;
import net.mailagent.store.TimeMachine;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;

/**
 * Makes a node ask everything that it asks beside the ports: journals, checkpoints, trimming,
 * sweeping, accounts. Leaves users of its own behind.
 */
public final class Chores {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private Chores() {}

  /** Does all of them; time goes by. */
  public static void run(Store store, TimeMachine time) {
    scenario(store);
    sweeping(store, time);
  }

  private static void scenario(Store store) {
    UserId user =
        store
            .accounts()
            .create(new NewAccount("ann", "ann@example.org", List.of(), "x", "", "", 0, Map.of()));
    store.accounts().byAddress("ann+x@example.org");
    store.accounts().byLogin("nobody");
    MailboxId inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    store.mailboxes().current(user, Set.of(inbox));
    store.mailboxes().commit(user, ORIGIN, OneMessage.add("key"));
    store.mailboxes().commit(user, ORIGIN, new CreateMailbox(new MailboxPath("A"), Set.of(), 10));
    store.mailboxes().commit(user, ORIGIN, new DeleteMailbox(new MailboxPath("A")));
    store.upkeep().checkpoint(user);
    store.journals().forget(user);
    store.mailboxes().commit(user, ORIGIN, OneMessage.add("other"));
    store.upkeep().checkpoint(user); // without placements in memory
    store.journals().forget(user);
    store.mailboxes().current(user, Set.of(inbox));
    store.journals().since(user, 1, 10);
    Subscribers subscribers = new Subscribers();
    subscribers.subscribe(user, () -> {});
    subscribers.seen(user, 2);
    new CatchUps(store.journals(), subscribers, 500).round();
    store.journals().store().idAt(user, 2);
    store
        .journals()
        .store()
        .journal
        .updateAll(
            new BsonDocument("user", net.mailagent.store.mongo.Ids.bson(user)),
            new BsonDocument("$set", new BsonDocument("at", new BsonDateTime(0))));
    assertThat(store.upkeep().trim(user)).isPositive();
  }

  /** Something of everything that is swept, at every stage. */
  private static void sweeping(Store store, TimeMachine time) {
    UserId user = store.accounts().byLogin("ann").orElseThrow().id();
    UserId gone =
        store
            .accounts()
            .create(new NewAccount("bob", "bob@example.org", List.of(), "x", "", "", 0, Map.of()));
    for (UserId each : List.of(user, gone)) {
      try (Messages.Intake intake = store.messages().receive(1 << 20)) {
        byte[] message = ("Subject: x\r\n\r\n" + "x".repeat(50_000)).getBytes(US_ASCII);
        intake.write(ByteBuffer.wrap(message));
        store
            .messages()
            .deliver(
                intake.finish(), List.of(new Messages.Delivery(each, new byte[0], null)), ORIGIN);
      }
    }
    MailboxId inbox = store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow().id();
    UidSet all = UidSet.range(1, 1000);
    store
        .mailboxes()
        .commit(
            user,
            ORIGIN,
            new StoreFlags(
                inbox, all, FlagOperation.ADD, Flags.of("\\Deleted"), OptionalLong.empty()));
    store.mailboxes().commit(user, ORIGIN, new ExpungeMessages(inbox, Optional.empty()));
    store.accounts().delete(gone);
    for (int i = 0; i < 4; i++) {
      time.skip(Duration.ofDays(15), store);
      assertThat(store.sweeper().sweep()).isTrue();
    }
    assertThat(store.sweeper().counts().blobs()).isPositive();
    assertThat(store.sweeper().counts().users()).isPositive();
  }
}
