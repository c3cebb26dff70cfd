package net.mailagent.lmtp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.model.port.StoredMessage;
import org.jspecify.annotations.Nullable;

/** What LMTP needs of a store, in memory: accounts, quotas, delivery keys, INBOXes. Any thread. */
final class InMemoryMail implements Accounts, Messages {
  /** A message in an INBOX. */
  record Stored(String trace, String content, @Nullable String key) {}

  private static final class Inbox {
    final List<Stored> messages = new ArrayList<>();
    final Set<String> keys = new HashSet<>();
    long quota;
    long used;
  }

  private final Map<String, Account> logins = new HashMap<>();
  private final Map<String, Account> addresses = new HashMap<>();
  private final Map<UserId, Inbox> inboxes = new HashMap<>();
  private int openIntakes;

  /** When set, every call fails as if no store answered. */
  volatile boolean unavailable;

  /** When set, every call runs into a programming error. */
  volatile boolean broken;

  /** When set, contents are counted and thrown away, for messages that would fill the heap. */
  volatile boolean forgetful;

  /** How many octets intakes have taken. */
  final AtomicLong taken = new AtomicLong();

  /** Runs before an intake takes octets. */
  volatile Runnable beforeWrite = () -> {};

  /** Runs before an address is looked up. */
  volatile Runnable beforeLookup = () -> {};

  /** Runs before a delivery is committed. */
  volatile Runnable beforeCommit = () -> {};

  private void check() {
    if (unavailable) {
      throw new StoreUnavailable("switched off");
    }
    if (broken) {
      throw new IllegalStateException("switched to broken");
    }
  }

  UserId user(String username, String... more) {
    String address = username + "@example.com";
    return create(new NewAccount(username, address, List.of(more), "", "", "", 0, Map.of()));
  }

  synchronized void quota(UserId user, long octets) {
    inbox(user).quota = octets;
  }

  synchronized List<Stored> inboxOf(UserId user) {
    return List.copyOf(inbox(user).messages);
  }

  private Inbox inbox(UserId user) {
    return inboxes.computeIfAbsent(user, u -> new Inbox());
  }

  /** Intakes that were opened and neither finished nor closed. */
  synchronized int openIntakes() {
    return openIntakes;
  }

  @Override
  public synchronized UserId create(NewAccount made) {
    UserId id = UserId.random();
    Account account = new Account(id, made.username(), made.address(), made.passwordHash(), false);
    logins.put(made.username().toLowerCase(Locale.ROOT), account);
    addresses.put(made.address(), account);
    made.moreAddresses().forEach(address -> addresses.put(address, account));
    inbox(id).quota = made.quota();
    return id;
  }

  @Override
  public synchronized Optional<Account> byLogin(String login) {
    check();
    Account account = logins.get(login.toLowerCase(Locale.ROOT));
    return account == null ? byAddress(login) : Optional.of(account);
  }

  @Override
  public synchronized Optional<Account> byAddress(String address) {
    beforeLookup.run();
    check();
    Account account = addresses.get(address);
    if (account == null && address.matches("[^+@]+\\+[^@]*@.*")) {
      account = addresses.get(address.replaceFirst("\\+[^@]*", ""));
    }
    return Optional.ofNullable(account);
  }

  @Override
  public synchronized Optional<Account> byId(UserId user) {
    return logins.values().stream().filter(account -> account.id().equals(user)).findFirst();
  }

  @Override
  public synchronized void delete(UserId user) {
    logins.values().removeIf(account -> account.id().equals(user));
    addresses.values().removeIf(account -> account.id().equals(user));
  }

  @Override
  public Intake receive(long limit) {
    check();
    synchronized (this) {
      openIntakes++;
    }
    return new MemoryIntake(limit);
  }

  private final class MemoryIntake implements Intake {
    private final long limit;
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private boolean open = true;
    private long size;

    MemoryIntake(long limit) {
      this.limit = limit;
    }

    @Override
    public void write(ByteBuffer bytes) {
      check();
      beforeWrite.run();
      size += bytes.remaining();
      taken.addAndGet(bytes.remaining());
      if (size > limit) {
        throw new Refused(new Refusal.TooBig(limit));
      }
      if (forgetful) {
        bytes.position(bytes.limit());
        return;
      }
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      octets.writeBytes(copy);
    }

    @Override
    public Received finish() {
      check();
      close();
      return new MemoryMessage(octets.toString(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
      synchronized (InMemoryMail.this) {
        openIntakes -= open ? 1 : 0;
        open = false;
      }
    }
  }

  private record MemoryMessage(String content) implements Received {
    @Override
    public long size() {
      return content.length();
    }
  }

  @Override
  public List<Verdict> deliver(Received message, List<Delivery> deliveries, Origin origin) {
    beforeCommit.run();
    check();
    List<Verdict> verdicts = new ArrayList<>();
    synchronized (this) {
      for (Delivery delivery : deliveries) {
        verdicts.add(deliver((MemoryMessage) message, delivery));
      }
    }
    return verdicts;
  }

  private Verdict deliver(MemoryMessage message, Delivery delivery) {
    Inbox inbox = inbox(delivery.user());
    long size = message.size() + delivery.trace().length;
    if (inbox.quota > 0 && inbox.used + size > inbox.quota) {
      return new Verdict.NotDelivered(new Refusal.OverQuota(inbox.used, inbox.quota));
    }
    String key = delivery.key();
    if (key != null && !inbox.keys.add(key)) {
      return new Verdict.Delivered(ContentId.random(), true);
    }
    inbox.used += size;
    inbox.messages.add(
        new Stored(new String(delivery.trace(), StandardCharsets.UTF_8), message.content(), key));
    return new Verdict.Delivered(ContentId.random(), false);
  }

  @Override
  public Placed append(UserId user, MailboxId mailbox, List<Appended> messages, Origin origin) {
    throw new UnsupportedOperationException("LMTP never appends");
  }

  @Override
  public void read(
      UserId user,
      Collection<ContentId> ids,
      Collection<Field> fields,
      Consumer<StoredMessage> each) {
    throw new UnsupportedOperationException("LMTP never reads");
  }
}
