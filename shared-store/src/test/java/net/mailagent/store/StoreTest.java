package net.mailagent.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.model.port.StoredMessage;
import net.mailagent.model.search.SearchKey;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The assembled store: how many calls mail costs, and that another node sees it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreTest {
  private static final Origin ORIGIN = new Origin("lmtp", "test", "delivery");
  private static final String MAIL = "Subject: hello\r\nMessage-ID: <1@x>\r\n\r\nhi there\r\n";

  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private TestDatabase database;
  private Store store;
  private Store other;

  @BeforeAll
  void open() {
    database = TestDatabase.open();
    store =
        Store.open(
            database.settings(),
            new Interceptor() {
              @Override
              public <T> T around(Call call, Supplier<T> effect) {
                calls.add(call);
                return effect.get();
              }
            });
    other = Store.open(database.settings());
  }

  @AfterAll
  void close() {
    other.close();
    store.close();
    database.close();
  }

  private UserId account(String name) {
    return store
        .accounts()
        .create(new NewAccount(name, name + "@x", List.of(), "$none$", "", "", 0, Map.of()));
  }

  private Messages.Received receive(String text) {
    try (Messages.Intake intake = store.messages().receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
      return intake.finish();
    }
  }

  private static MailboxState inbox(Store node, UserId user) {
    MailboxState inbox = node.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow();
    return node.mailboxes().current(user, Set.of(inbox.id())).mailbox(inbox.id()).orElseThrow();
  }

  @Test
  void aDeliveryToAWarmUserIsTwoWritesAndNoReads() {
    UserId user = account("warm");
    deliver(user);
    calls.clear();
    deliver(user);
    assertThat(calls).extracting(Call::toString).hasSize(2).first().isEqualTo("BULK messages");
    assertThat(calls).allMatch(call -> call.operation().isWrite());
  }

  private void deliver(UserId user) {
    List<Messages.Verdict> verdicts =
        store
            .messages()
            .deliver(
                receive(MAIL), List.of(new Messages.Delivery(user, new byte[0], null)), ORIGIN);
    assertThat(verdicts).first().isInstanceOf(Messages.Verdict.Delivered.class);
  }

  @Test
  void aMessageToAHundredWarmUsersIsTwoWrites() {
    List<Messages.Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      deliveries.add(new Messages.Delivery(account("user" + i), new byte[0], null));
    }
    store.messages().deliver(receive(MAIL), deliveries, ORIGIN);
    calls.clear();
    assertThat(store.messages().deliver(receive(MAIL), deliveries, ORIGIN))
        .allMatch(verdict -> verdict instanceof Messages.Verdict.Delivered);
    assertThat(calls).hasSize(2);
  }

  @Test
  void whatOneNodeTakesAnotherReadsAndFinds() {
    UserId user = account("nodes");
    MailboxState inbox = inbox(store, user);
    store
        .messages()
        .append(
            user,
            inbox.id(),
            List.of(
                new Messages.Appended(receive(MAIL), Flags.of("\\Seen"), 1_000),
                new Messages.Appended(receive("\r\nsecond"), Flags.NONE, 1_000)),
            ORIGIN);
    MailboxState there = inbox(other, user);
    assertThat(there.messages().size()).isEqualTo(2);
    List<String> raw = new ArrayList<>();
    other
        .messages()
        .read(
            user,
            List.of(there.messages().byUid(1).content()),
            Set.of(Messages.Field.CONTENT),
            message -> raw.add(text(message)));
    assertThat(raw).containsExactly(MAIL);
    assertThat(other.search().search(user, there, new SearchKey.Text("HELLO")).toString())
        .isEqualTo("1");
    assertThat(other.search().search(user, there, new SearchKey.Body("econ")).toString())
        .isEqualTo("2");
  }

  private static String text(StoredMessage message) {
    ByteBuffer block = message.open(Section.WHOLE).orElseThrow().next();
    return ISO_8859_1.decode(block).toString();
  }
}
