package net.mailagent.imap;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.mailagent.imap.handler.Ports;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.runtime.auth.Authenticator;
import net.mailagent.runtime.auth.Passwords;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.tls.TlsIdentity;

/** The IMAP agent on free ports over mail in memory, with the users alice and bob. */
final class ImapServer implements AutoCloseable {
  static final TlsIdentity TLS =
      TlsIdentity.selfSigned(Path.of("target", "test-tls").toAbsolutePath());
  static final String PASSWORD = "secret \"word\"";

  private static final Settings SETTINGS =
      Settings.defaults()
          .with(ImapSettings.PORT, 0)
          .with(ImapSettings.TLS_PORT, 0)
          .with(RuntimeSettings.ARGON2_ITERATIONS, 1);

  private static final Passwords PASSWORDS = new Passwords(SETTINGS);
  private static final String HASH = hash();

  final InMemoryMail mail = new InMemoryMail();
  final InMemoryMessages messages = new InMemoryMessages(mail);
  final UserId alice;
  final Settings settings;
  final ImapService service;
  private final Vertx vertx = Vertx.vertx();

  ImapServer() {
    this(SETTINGS);
  }

  ImapServer(Settings settings) {
    this.settings = settings;
    this.alice = create("alice");
    create("bob");
    this.service =
        ImapService.start(
            vertx,
            settings,
            TLS,
            new Ports(
                new Authenticator(mail, PASSWORDS, settings),
                mail,
                messages,
                new InMemorySearch(messages),
                mail),
            new SimpleMeterRegistry());
  }

  static Settings settings() {
    return SETTINGS;
  }

  private static String hash() {
    try {
      return PASSWORDS.hash(PASSWORD);
    } catch (Passwords.Busy e) {
      throw new IllegalStateException(e);
    }
  }

  private UserId create(String name) {
    return mail.create(
        new NewAccount(
            name,
            name + "@example.org",
            List.of(),
            HASH,
            name,
            "en",
            0,
            Map.of(
                SpecialUse.SENT, new MailboxPath("Sent"),
                SpecialUse.TRASH, new MailboxPath("Trash"))));
  }

  /** A connection that has read the greeting. */
  ImapClient connect() throws IOException {
    ImapClient client =
        new ImapClient(new Socket(InetAddress.getLoopbackAddress(), service.port()));
    client.greeting();
    return client;
  }

  /** A connection that is logged in as alice. */
  ImapClient login() throws IOException {
    ImapClient client = connect();
    client.ok("LOGIN alice \"secret \\\"word\\\"\"");
    return client;
  }

  /** A connection that is logged in as alice and has INBOX selected. */
  ImapClient select() throws IOException {
    ImapClient client = login();
    client.ok("SELECT INBOX");
    return client;
  }

  /** Delivers a message to the INBOX of alice. */
  void deliver(String message) {
    try (Messages.Intake intake = messages.receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)));
      messages.deliver(
          intake.finish(),
          List.of(new Messages.Delivery(alice, new byte[0], null)),
          new Origin("test", "", "delivery"));
    }
  }

  /** Delivers that many small messages, numbered from 1. */
  void deliver(int count) {
    for (int i = 1; i <= count; i++) {
      deliver(message(i));
    }
  }

  static String message(int number) {
    return "From: Sender "
        + number
        + " <sender"
        + number
        + "@example.org>\r\nTo: alice@example.org\r\nSubject: Message "
        + number
        + "\r\nDate: Mon, 1 Jun 2026 10:00:00 +0200\r\nMessage-ID: <m"
        + number
        + "@example.org>\r\n\r\nThis is body "
        + number
        + ".\r\n";
  }

  @Override
  public void close() {
    service.close();
    vertx.close().await();
  }
}
