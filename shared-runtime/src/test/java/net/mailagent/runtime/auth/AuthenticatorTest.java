package net.mailagent.runtime.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.LoginFailures;
import net.mailagent.model.port.NewAccount;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthenticatorTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("203.0.113.1");
  private static final InetAddress ATTACKER = InetAddress.ofLiteral("203.0.113.66");
  private static final AuthenticationResult FAILED = new AuthenticationResult.Failed();

  /** Accounts in memory: a store of their own, not a mock. */
  private static final class MemoryAccounts implements Accounts {
    final Map<String, Account> byName = new ConcurrentHashMap<>();
    volatile boolean down;

    Account put(String username, String hash, boolean disabled) {
      Account account =
          new Account(UserId.random(), username, username + "@example.org", hash, disabled);
      byName.put(username, account);
      return account;
    }

    @Override
    public UserId create(NewAccount account) {
      return put(account.username(), account.passwordHash(), false).id();
    }

    @Override
    public Optional<Account> byLogin(String login) {
      if (down) {
        throw new StoreUnavailable("down");
      }
      return Optional.ofNullable(byName.get(login.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Optional<Account> byAddress(String address) {
      return byName.values().stream().filter(a -> a.address().equals(address)).findFirst();
    }

    @Override
    public Optional<Account> byId(UserId user) {
      return byName.values().stream().filter(a -> a.id().equals(user)).findFirst();
    }

    @Override
    public void delete(UserId user) {
      byName.values().removeIf(account -> account.id().equals(user));
    }
  }

  private final MemoryAccounts accounts = new MemoryAccounts();
  private final Settings settings =
      PasswordsTest.CHEAP
          .with(RuntimeSettings.AUTH_DELAY, Duration.ofMillis(100))
          .with(RuntimeSettings.AUTH_MAX_WAIT, Duration.ofMillis(250));
  private final Passwords passwords = new Passwords(settings);
  private final Authenticator authenticator = new Authenticator(accounts, passwords, settings);

  @BeforeEach
  void users() throws Exception {
    accounts.put("alice", passwords.hash("secret"), false);
    accounts.put("gone", passwords.hash("secret"), true);
  }

  @AfterEach
  void close() {
    passwords.close();
  }

  @Test
  void knowsRightFromWrong() {
    assertThat(authenticator.authenticate("Alice", "secret", HOME))
        .isInstanceOfSatisfying(
            AuthenticationResult.Success.class,
            success -> assertThat(success.account().username()).isEqualTo("alice"));
    assertThat(authenticator.authenticate("alice", "Secret", HOME)).isEqualTo(FAILED);
    assertThat(authenticator.authenticate("nobody", "secret", HOME)).isEqualTo(FAILED);
    assertThat(authenticator.authenticate("gone", "secret", HOME)).isEqualTo(FAILED);
    assertThat(authenticator.authenticate("", "secret", HOME)).isEqualTo(FAILED);
    assertThat(authenticator.authenticate("alice", "x".repeat(100_000), HOME)).isEqualTo(FAILED);
  }

  @Test
  void guessingGetsSlowerAndIsRefused() {
    List<AuthenticationResult> results = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      results.add(authenticator.authenticate("alice", "guess" + i, ATTACKER));
    }
    assertThat(results.subList(0, 5)).containsOnly(FAILED);
    assertThat(results.getLast()).isInstanceOf(AuthenticationResult.TooManyTries.class);
    // Also for other users, from that address.
    assertThat(authenticator.authenticate("bob", "x", ATTACKER))
        .isInstanceOf(AuthenticationResult.TooManyTries.class);
  }

  /** Nodes that hear of each other at once. */
  private static final class Nodes {
    final List<LoginFailures.Attempt> told = new CopyOnWriteArrayList<>();
    private final List<Node> all = new CopyOnWriteArrayList<>();

    private final class Node implements LoginFailures {
      private final List<Consumer<Attempt>> listeners = new CopyOnWriteArrayList<>();

      @Override
      public byte[] key() {
        return new byte[32];
      }

      @Override
      public void tell(Attempt attempt) {
        told.add(attempt);
        for (Node other : all) {
          if (other != this) {
            other.listeners.forEach(listener -> listener.accept(attempt));
          }
        }
      }

      @Override
      public void listen(Consumer<Attempt> listener) {
        listeners.add(listener);
      }
    }

    LoginFailures another() {
      Node node = new Node();
      all.add(node);
      return node;
    }
  }

  @Test
  void guessingOnSeveralNodesIsNoFaster() {
    Nodes nodes = new Nodes();
    List<Authenticator> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(new Authenticator(accounts, passwords, settings, nodes.another()));
    }
    for (int i = 0; i < 30; i++) { // one who has an old password does not guess, wherever he tries
      assertThat(all.get(i % 3).authenticate("alice", "old", HOME)).isEqualTo(FAILED);
    }
    List<AuthenticationResult> results = new ArrayList<>();
    for (int i = 0; i < 9; i++) { // three on each
      results.add(all.get(i % 3).authenticate("gone", "guess" + i, ATTACKER));
    }
    assertThat(results.getFirst()).isEqualTo(FAILED);
    assertThat(results.getLast()).isInstanceOf(AuthenticationResult.TooManyTries.class);
    nodes.told.clear();
    assertThat(all.get(1).authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Success.class);
    assertThat(nodes.told).as("who was wrong before").hasSize(1);
    assertThat(nodes.told.getFirst().right()).isTrue();
    assertThat(all.get(2).authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Success.class);
    assertThat(nodes.told).as("nothing new").hasSize(1);
  }

  @Test
  void aClientThatIsKnownPassesWhileOthersGuess() {
    assertThat(authenticator.authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Success.class);
    for (int i = 0; i < 10; i++) {
      var _ = authenticator.authenticate("alice", "guess" + i, ATTACKER);
    }
    assertThat(authenticator.authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Success.class);
  }

  @Test
  void aWrongPasswordInAClientsSettingsLocksNobodyOut() {
    for (int i = 0; i < 20; i++) {
      assertThat(authenticator.authenticate("alice", "old password", HOME)).isEqualTo(FAILED);
    }
    assertThat(authenticator.authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Success.class);
  }

  @Test
  void aVerifiedPasswordCostsNoHashUntilItChanges() throws Exception {
    passwords.close(); // no hash can be computed any more
    try (Passwords other = new Passwords(settings)) {
      Authenticator cached = new Authenticator(accounts, other, settings);
      assertThat(cached.authenticate("alice", "secret", HOME))
          .isInstanceOf(AuthenticationResult.Success.class);
      String changed = other.hash("changed");
      other.close();
      assertThat(cached.authenticate("alice", "secret", HOME))
          .isInstanceOf(AuthenticationResult.Success.class);
      assertThat(cached.authenticate("alice", "wrong", HOME))
          .isInstanceOf(AuthenticationResult.Unavailable.class);
      accounts.put("alice", changed, false);
      assertThat(cached.authenticate("alice", "secret", HOME))
          .isInstanceOf(AuthenticationResult.Unavailable.class);
    }
  }

  @Test
  void aDisabledAccountIsOutAtOnce() {
    assertThat(authenticator.authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Success.class);
    accounts.byName.computeIfPresent(
        "alice",
        (name, a) -> new Account(a.id(), a.username(), a.address(), a.passwordHash(), true));
    assertThat(authenticator.authenticate("alice", "secret", HOME)).isEqualTo(FAILED);
  }

  @Test
  void saysWhenTheStoreIsAway() {
    accounts.down = true;
    assertThat(authenticator.authenticate("alice", "secret", HOME))
        .isInstanceOf(AuthenticationResult.Unavailable.class);
  }

  @Test
  void unknownUserAndWrongPasswordTakeTheSameTime() {
    try (Passwords real = new Passwords(Settings.defaults())) {
      accounts.put("bob", hash(real), false);
      Authenticator timed =
          new Authenticator(
              accounts, real, Settings.defaults().with(RuntimeSettings.AUTH_FREE_FAILURES, 1000));
      List<Long> known = new ArrayList<>();
      List<Long> unknown = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        known.add(time(timed, "bob", i));
        unknown.add(time(timed, "nobody", i));
      }
      known.sort(null);
      unknown.sort(null);
      // Without the hash an answer would come a hundred times faster; a busy machine is not that.
      assertThat((double) known.get(5) / unknown.get(5)).isBetween(0.2, 5.0);
    }
  }

  private static String hash(Passwords passwords) {
    try {
      return passwords.hash("secret");
    } catch (Passwords.Busy e) {
      throw new AssertionError(e);
    }
  }

  private static long time(Authenticator authenticator, String login, int guess) {
    long start = System.nanoTime();
    assertThat(authenticator.authenticate(login, "guess" + guess, HOME)).isEqualTo(FAILED);
    return System.nanoTime() - start;
  }
}
