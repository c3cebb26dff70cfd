package net.mailagent.imap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.CloseAccount;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.Fold;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.NewAccount;
import org.jspecify.annotations.Nullable;

/**
 * The ports with journals in lists: a real second implementation of their contract. What is not
 * asked for is not loaded, so that a handler that forgets to ask fails here as it would with the
 * store. Any thread.
 */
final class InMemoryMail implements Accounts, Mailboxes, Changes {
  private static final class Journal {
    UserState state;
    final List<JournalEntry> entries = new ArrayList<>();
    final Collection<Runnable> wakes = new CopyOnWriteArrayList<>();
    @Nullable UserState past;

    Journal(UserId user) {
      state = UserState.empty(user);
    }
  }

  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final Map<UserId, Journal> journals = new ConcurrentHashMap<>();
  private volatile boolean away;
  private volatile String awayBehind = "";
  private final AtomicInteger reads = new AtomicInteger();

  /** Has every call fail as if the store could not be reached, or work again. */
  void away(boolean now) {
    away = now;
  }

  /** Has the store go away right behind the next commit of that purpose. */
  void awayBehind(String purpose) {
    awayBehind = purpose;
  }

  /** How often a state was asked for. */
  int reads() {
    return reads.get();
  }

  /** Wakes who waits, as a journal does that may have grown. */
  void wake(UserId user) {
    Optional.ofNullable(journals.get(user)).orElseThrow().wakes.forEach(Runnable::run);
  }

  private Journal journal(UserId user) {
    if (away) {
      throw new StoreUnavailable("the store is away");
    }
    return Optional.ofNullable(journals.get(user))
        .orElseThrow(() -> new Refused(new Refusal.NoSuchUser(user.hex())));
  }

  // ---- Accounts

  @Override
  public UserId create(NewAccount account) {
    UserId user = UserId.random();
    Journal journal = new Journal(user);
    journals.put(user, journal);
    commit(
        user,
        new Origin("test", "", "create"),
        new OpenAccount(account.mailboxes(), account.quota()));
    accounts.put(
        account.username().toLowerCase(Locale.ROOT),
        new Account(user, account.username(), account.address(), account.passwordHash(), false));
    return user;
  }

  @Override
  public Optional<Account> byLogin(String login) {
    if (away) {
      throw new StoreUnavailable("the store is away");
    }
    return Optional.ofNullable(accounts.get(login.toLowerCase(Locale.ROOT)));
  }

  @Override
  public Optional<Account> byAddress(String address) {
    return accounts.values().stream().filter(a -> a.address().equals(address)).findFirst();
  }

  @Override
  public Optional<Account> byId(UserId user) {
    return accounts.values().stream().filter(a -> a.id().equals(user)).findFirst();
  }

  @Override
  public void delete(UserId user) {
    accounts.values().removeIf(account -> account.id().equals(user));
    commit(user, new Origin("test", "", "delete"), new CloseAccount());
  }

  // ---- Mailboxes

  @Override
  public UserState current(UserId user) {
    return current(user, Set.of());
  }

  @Override
  public UserState current(UserId user, Set<MailboxId> loaded) {
    reads.incrementAndGet();
    Journal journal = journal(user);
    synchronized (journal) {
      return with(journal.past == null ? journal.state : journal.past, loaded);
    }
  }

  /** The state with everything, to show it again later. */
  UserState everything(UserId user) {
    Journal journal = journal(user);
    synchronized (journal) {
      return journal.state;
    }
  }

  /** Has readers see that state, or with null again what is: a primary that was replaced. */
  void show(UserId user, @Nullable UserState past) {
    Journal journal = journal(user);
    synchronized (journal) {
      journal.past = past;
    }
  }

  private static UserState with(UserState state, Set<MailboxId> loaded) {
    UserState part = state;
    for (MailboxState mailbox : state.mailboxes()) {
      if (!loaded.contains(mailbox.id())) {
        part = part.withPlacements(mailbox.id(), null);
      }
    }
    return part;
  }

  @Override
  public <R> Committed<R> commit(UserId user, Origin origin, Edit<R> edit) {
    Journal journal = journal(user);
    Committed<R> committed;
    boolean changed;
    synchronized (journal) {
      Set<MailboxId> needs = edit.needs(journal.state);
      Draft draft = new Draft(with(journal.state, needs), System.currentTimeMillis());
      R result = draft.apply(edit);
      changed = !draft.isEmpty();
      if (changed) {
        JournalEntry entry = draft.entry(origin);
        journal.state = Fold.fold(journal.state, entry);
        journal.entries.add(entry);
      }
      committed = new Committed<>(result, journal.state.seq(), with(journal.state, needs));
      away |= origin.purpose().equals(awayBehind);
    }
    if (changed) {
      journal.wakes.forEach(Runnable::run);
    }
    return committed;
  }

  // ---- Changes

  @Override
  public Subscription subscribe(UserId user, Runnable wake) {
    Collection<Runnable> wakes = journal(user).wakes;
    Runnable mine = wake::run; // its own identity, should the same wake subscribe twice
    wakes.add(mine);
    return () -> wakes.remove(mine);
  }

  /** How many sessions wait to be woken. */
  int subscriptions(UserId user) {
    return journal(user).wakes.size();
  }

  @Override
  public List<JournalEntry> since(UserId user, long seq, int limit) {
    Journal journal = journal(user);
    synchronized (journal) {
      return journal.entries.stream().filter(e -> e.seq() > seq).limit(limit).toList();
    }
  }

  /** How many entries each purpose has made, for tests that count commits. */
  Map<String, Integer> commits(UserId user) {
    Map<String, Integer> purposes = new HashMap<>();
    Journal journal = journal(user);
    synchronized (journal) {
      journal.entries.forEach(e -> purposes.merge(e.origin().purpose(), 1, Integer::sum));
    }
    return purposes;
  }
}
