package net.mailagent.api;

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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.model.port.StoredMessage;

/** Accounts and journals in memory, by the real fold. Any thread. */
final class InMemoryMail implements Accounts, Mailboxes, Messages, Changes {
  private static final class Journal {
    UserState state;
    final List<JournalEntry> entries = new ArrayList<>();
    final List<Runnable> wakes = new CopyOnWriteArrayList<>();
    long trimmed; // all entries up to this one are gone

    Journal(UserId user) {
      state = UserState.empty(user);
    }
  }

  private static final InMemoryContents.Content LETTER =
      InMemoryContents.Content.of("Subject: letter\r\n\r\n".getBytes(StandardCharsets.UTF_8));

  private final Map<String, Account> logins = new HashMap<>();
  private final Set<String> addresses = new HashSet<>();
  private final Map<UserId, Journal> journals = new HashMap<>();

  /** When set, every call fails as if no store answered. */
  volatile boolean unavailable;

  /** When set, every call runs into a programming error. */
  volatile boolean broken;

  /** What was made last. */
  volatile NewAccount created = new NewAccount("", "", List.of(), "", "", "", 0, Map.of());

  /** How often contents were read. */
  final AtomicInteger reads = new AtomicInteger();

  private void check() {
    if (unavailable) {
      throw new StoreUnavailable("switched off");
    }
    if (broken) {
      throw new IllegalStateException("switched to broken");
    }
  }

  @Override
  public synchronized UserId create(NewAccount made) {
    check();
    String login = made.username().toLowerCase(Locale.ROOT);
    if (logins.containsKey(login)) {
      throw new Refused(new Refusal.UserExists(made.username()));
    }
    List<String> all = new ArrayList<>(List.of(made.address()));
    all.addAll(made.moreAddresses());
    for (String address : all) {
      if (addresses.contains(address)) {
        throw new Refused(new Refusal.AddressExists(address));
      }
    }
    addresses.addAll(all);
    UserId id = UserId.random();
    logins.put(login, new Account(id, made.username(), made.address(), made.passwordHash(), false));
    created = made;
    Journal journal = new Journal(id);
    journals.put(id, journal);
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.MailboxCreated(MailboxId.random(), MailboxPath.INBOX, Set.of(), 1));
    made.mailboxes()
        .forEach((use, path) -> {
          changes.add(
              new Change.MailboxCreated(MailboxId.random(), path, Set.of(use), changes.size() + 1));
        });
    change(id, new Origin("api", "", ""), changes.toArray(Change[]::new));
    return id;
  }

  @Override
  public synchronized Optional<Account> byLogin(String login) {
    check();
    return Optional.ofNullable(logins.get(login.toLowerCase(Locale.ROOT)));
  }

  @Override
  public Optional<Account> byAddress(String address) {
    throw new UnsupportedOperationException("the API does not deliver");
  }

  @Override
  public synchronized Optional<Account> byId(UserId user) {
    check();
    return logins.values().stream().filter(account -> account.id().equals(user)).findFirst();
  }

  @Override
  public synchronized void delete(UserId user) {
    logins.values().removeIf(account -> account.id().equals(user));
  }

  private Journal journal(UserId user) {
    Journal journal = journals.get(user);
    if (journal == null) {
      throw new Refused(new Refusal.NoSuchUser(user.hex()));
    }
    return journal;
  }

  @Override
  public synchronized UserState current(UserId user) {
    check();
    Journal journal = journal(user);
    if (journal.state.root().closed()) {
      throw new Refused(new Refusal.NoSuchUser(user.hex()));
    }
    return journal.state;
  }

  @Override
  public UserState current(UserId user, Set<MailboxId> loaded) {
    return current(user);
  }

  @Override
  public <R> Committed<R> commit(UserId user, Origin origin, Edit<R> edit) {
    R result;
    UserState state;
    Journal journal;
    synchronized (this) {
      journal = journal(user);
      Draft draft = new Draft(journal.state, System.currentTimeMillis());
      result = draft.apply(edit);
      if (!draft.isEmpty()) {
        JournalEntry entry = draft.entry(origin);
        journal.state = Fold.fold(journal.state, entry);
        journal.entries.add(entry);
      }
      state = journal.state;
    }
    journal.wakes.forEach(Runnable::run);
    return new Committed<>(result, state.seq(), state);
  }

  /** Commits these changes as one entry. */
  void change(UserId user, Origin origin, Change... changes) {
    commit(
        user,
        origin,
        new Edit<>() {
          @Override
          public Set<MailboxId> needs(UserState state) {
            return Set.of();
          }

          @Override
          public Boolean decide(Draft draft) {
            for (Change change : changes) {
              draft.change(change);
            }
            return true;
          }
        });
  }

  MailboxState mailbox(UserId user, String path) {
    return current(user).mailbox(new MailboxPath(path)).orElseThrow();
  }

  MailboxState mailbox(UserId user, SpecialUse use) {
    return current(user).mailbox(use).orElseThrow();
  }

  /** Delivers so many messages to a mailbox in one entry; returns the first uid. */
  int deliver(UserId user, String path, int messages, String... flags) {
    MailboxState mailbox = mailbox(user, path);
    int first = mailbox.counters().uidNext();
    List<Placement> placements = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      placements.add(
          new Placement(
              first + i, contents.keep(LETTER), Flags.of(flags), 0, 1_700_000_000, 0, 100));
    }
    change(
        user,
        new Origin("lmtp", "s", "delivery"),
        new Change.Added(mailbox.id(), placements, null, false));
    return first;
  }

  void flag(UserId user, String path, UidSet uids, FlagOperation operation, String... flags) {
    change(
        user,
        new Origin("imap", "s", ""),
        new Change.FlagsChanged(mailbox(user, path).id(), uids, operation, Flags.of(flags)));
  }

  /** Moves a message as MOVE does: one entry that adds and expunges. */
  void move(UserId user, String from, int uid, String to) {
    MailboxState source = mailbox(user, from);
    MailboxState target = mailbox(user, to);
    Placement was = source.messages().byUid(uid);
    if (was == null) {
      throw new IllegalArgumentException("no uid " + uid);
    }
    Placement placed =
        new Placement(
            target.counters().uidNext(),
            was.content(),
            was.flags(),
            0,
            was.internalDate(),
            0,
            was.size());
    change(
        user,
        new Origin("imap", "s", ""),
        new Change.Added(target.id(), List.of(placed), source.id(), true),
        new Change.Expunged(source.id(), UidSet.of(uid), target.id()));
  }

  /** The journal forgets its entries up to this one. */
  synchronized void trim(UserId user, long seq) {
    journal(user).trimmed = seq;
  }

  /** How many subscriptions there are. */
  synchronized int subscriptions() {
    return journals.values().stream().mapToInt(journal -> journal.wakes.size()).sum();
  }

  @Override
  public synchronized Subscription subscribe(UserId user, Runnable wake) {
    check();
    Journal journal = journal(user);
    journal.wakes.add(wake);
    return () -> journal.wakes.remove(wake);
  }

  @Override
  public synchronized List<JournalEntry> since(UserId user, long seq, int limit) {
    check();
    Journal journal = journal(user);
    if (seq < journal.trimmed) {
      throw new Trimmed(user, seq);
    }
    int from = (int) Math.min(seq, journal.entries.size());
    return List.copyOf(
        journal.entries.subList(from, Math.min(from + limit, journal.entries.size())));
  }

  /** The contents that were uploaded. */
  final InMemoryContents contents = new InMemoryContents();

  @Override
  public void read(
      UserId user,
      Collection<ContentId> ids,
      Collection<Field> fields,
      Consumer<StoredMessage> each) {
    check();
    reads.incrementAndGet();
    ids.forEach(id -> contents.stored(id).ifPresent(each));
  }

  @Override
  public Intake receive(long limit) {
    check();
    return contents.receive(limit);
  }

  @Override
  public List<Verdict> deliver(Received message, List<Delivery> deliveries, Origin origin) {
    throw new UnsupportedOperationException("the API does not deliver");
  }

  @Override
  public Placed append(UserId user, MailboxId mailbox, List<Appended> messages, Origin origin) {
    check();
    List<AddMessages.Message> added = new ArrayList<>();
    for (Appended each : messages) {
      ContentId id = contents.keep(each.message());
      added.add(
          new AddMessages.Message(id, each.flags(), each.internalDate(), each.message().size()));
    }
    Committed<AddMessages.Result> committed =
        commit(user, origin, new AddMessages(mailbox, added, null));
    return new Placed(committed.result().uidValidity(), committed.result().uids(), committed.seq());
  }
}
