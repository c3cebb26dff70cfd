package net.mailagent.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.mailagent.api.ApiSettings;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.runtime.auth.Passwords;
import net.mailagent.runtime.net.Network;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;
import net.mailagent.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a user with two messages, to try a mail client with. Starting again changes nothing. */
final class Demo {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final String NAME = "demo";
  private static final List<Network> LOOPBACK = Network.parseAll("127.0.0.0/8,::1/128");
  private static final List<String> MESSAGES = List.of("welcome.eml", "picture.eml");
  private static final Origin ORIGIN = new Origin("system", "", "demo");

  private Demo() {}

  static void create(Settings settings, Store store, Passwords passwords) {
    requireLoopback(settings.get(RuntimeSettings.HOST));
    String address = NAME + "@" + settings.get(ApiSettings.MAIL_DOMAIN).orElse("localhost");
    UserId user = user(store, passwords, address);
    for (String message : MESSAGES) {
      deliver(store.messages(), user, message);
    }
    LOG.info("demo: log in as {} with the password {}; mail to {}", NAME, NAME, address);
  }

  /** Its password is known to everybody. */
  private static void requireLoopback(String host) {
    boolean loopback = host.equals("localhost");
    if (!loopback && host.matches("[0-9a-fA-F.:]+")) {
      loopback = Network.anyContains(LOOPBACK, java.net.InetAddress.ofLiteral(host));
    }
    if (!loopback) {
      throw new SettingsException(
          "--demo makes a user whose password everybody knows; it needs --host 127.0.0.1");
    }
  }

  private static UserId user(Store store, Passwords passwords, String address) {
    Optional<Account> there = store.accounts().byLogin(NAME);
    if (there.isPresent()) {
      return there.get().id();
    }
    try {
      return store
          .accounts()
          .create(
              new NewAccount(
                  NAME,
                  address,
                  List.of(),
                  passwords.hash(NAME),
                  "Demo",
                  "en",
                  0,
                  Map.of(
                      SpecialUse.DRAFTS, new MailboxPath("Drafts"),
                      SpecialUse.SENT, new MailboxPath("Sent"),
                      SpecialUse.JUNK, new MailboxPath("Junk"),
                      SpecialUse.TRASH, new MailboxPath("Trash"),
                      SpecialUse.ARCHIVE, new MailboxPath("Archive"))));
    } catch (Passwords.Busy e) {
      throw new IllegalStateException("nobody else logs in yet", e);
    }
  }

  private static void deliver(Messages messages, UserId user, String name) {
    byte[] octets = read(name);
    try (Messages.Intake intake = messages.receive(octets.length)) {
      intake.write(ByteBuffer.wrap(octets));
      var delivery = new Messages.Delivery(user, new byte[0], "demo " + name);
      Messages.Verdict verdict =
          messages.deliver(intake.finish(), List.of(delivery), ORIGIN).getFirst();
      if (!(verdict instanceof Messages.Verdict.Delivered)) {
        LOG.warn("demo: {} was not delivered: {}", name, verdict);
      }
    }
  }

  /** A message of the resources, whose lines end as the network's do. */
  private static byte[] read(String name) {
    try (InputStream in = Demo.class.getResourceAsStream("demo/" + name)) {
      String text =
          new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
      return text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
