package net.mailagent.runtime.auth;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.LoginFailures;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Checks logins for all protocols of a node. Unknown user and wrong password are alike in result
 * and time; wrong passwords lead to growing delays per client address and per login, on all nodes
 * that tell each other of them; repeats of the same wrong password are not counted again; a
 * verified password is remembered for a short while, so that a client that logs in every minute
 * costs no hash. Blocks (it waits for its turn, the hash and the store): called on virtual threads.
 */
public final class Authenticator {
  private static final int MAX_PASSWORD = 1024;
  private static final int MAX_LOGIN = 320;
  private static final AuthenticationResult FAILED = new AuthenticationResult.Failed();

  private final Accounts accounts;
  private final Passwords passwords;
  private final Throttle addresses;
  private final Throttle logins;
  private final long maxWaitNanos;
  private final Verified verified;
  private final LoginFailures others;
  private volatile byte @Nullable [] key;
  // Verified in place of an unknown user's: the same work, for the same answer.
  private volatile @Nullable String nobodysHash;

  /** With the settings {@code auth.*}, for a node that is alone. */
  public Authenticator(Accounts accounts, Passwords passwords, Settings settings) {
    this(accounts, passwords, settings, new Alone());
  }

  /**
   * With the settings {@code auth.*}.
   *
   * @param others the other nodes, which hear of wrong passwords and tell of them
   */
  public Authenticator(
      Accounts accounts, Passwords passwords, Settings settings, LoginFailures others) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.others = others;
    this.addresses = throttle(settings);
    this.logins = throttle(settings);
    this.maxWaitNanos = settings.get(RuntimeSettings.AUTH_MAX_WAIT).toNanos();
    this.verified =
        new Verified(
            settings.get(RuntimeSettings.AUTH_CACHE_SIZE),
            settings.get(RuntimeSettings.AUTH_CACHE_TTL).toNanos());
    others.listen(this::heard);
  }

  /** Another node tells of a login. Any thread. */
  private void heard(LoginFailures.Attempt attempt) {
    if (attempt.right()) {
      var _ = logins.succeeded(name(attempt.login()));
    } else {
      addresses.failed(name(attempt.address()), attempt.password());
      logins.failed(name(attempt.login()), attempt.password());
    }
  }

  /** What the throttles call an address or a login: as the nodes tell each other of it. */
  private static String name(long digest) {
    return Long.toHexString(digest);
  }

  /**
   * Checks a login.
   *
   * @param login user name or address, compared without case
   * @param password the password as the client sent it
   * @param client the address the throttle counts by
   */
  public AuthenticationResult authenticate(String login, String password, InetAddress client) {
    if (login.isEmpty() || login.length() > MAX_LOGIN || password.length() > MAX_PASSWORD) {
      return FAILED;
    }
    try {
      return check(login.toLowerCase(Locale.ROOT), password, client.getHostAddress());
    } catch (Passwords.Busy e) {
      return new AuthenticationResult.Unavailable("too many logins at once");
    } catch (StoreUnavailable e) {
      return new AuthenticationResult.Unavailable("the store is not available");
    }
  }

  /**
   * Does now what the first login would have to do: makes the hash that stands in for an unknown
   * user's, which also loads the code of it. May be called in the background after a start.
   */
  public void prepare() {
    try {
      var _ = nobodysHash();
    } catch (Passwords.Busy e) {
      // Logins came already, and the first of them makes it.
    }
  }

  private AuthenticationResult check(String login, String password, String address)
      throws Passwords.Busy {
    Optional<Account> account = accounts.byLogin(login);
    String hash = account.map(Account::passwordHash).orElse(null);
    byte[] digest = digest(login, password);
    // A client that is known to have the password passes without waiting behind those who guess.
    if (account.isPresent() && hash != null && verified.holds(login, digest, hash)) {
      return outcome(account.get());
    }
    long from = shortened(digest(address, ""));
    long to = shortened(digest(login, ""));
    long wait =
        Math.max(
            addresses.reserve(name(from), maxWaitNanos), logins.reserve(name(to), maxWaitNanos));
    if (wait > maxWaitNanos) {
      return new AuthenticationResult.TooManyTries(Duration.ofNanos(wait));
    }
    if (wait > 0 && !sleep(wait)) {
      return new AuthenticationResult.Unavailable("the node stops");
    }
    String nobodys = nobodysHash(); // made by the first login of all, whoever that is
    boolean matches = passwords.verify(password, hash == null ? nobodys : hash);
    if (account.isEmpty() || hash == null || !matches) {
      LoginFailures.Attempt wrong = new LoginFailures.Attempt(from, to, shortened(digest), false);
      heard(wrong);
      others.tell(wrong);
      return FAILED;
    }
    if (logins.succeeded(name(to))) {
      others.tell(new LoginFailures.Attempt(from, to, 0, true));
    }
    verified.put(login, digest, hash);
    return outcome(account.get());
  }

  private static AuthenticationResult outcome(Account account) {
    return account.disabled() ? FAILED : new AuthenticationResult.Success(account);
  }

  private static boolean sleep(long nanos) {
    try {
      Thread.sleep(Duration.ofNanos(nanos));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String nobodysHash() throws Passwords.Busy {
    String hash = nobodysHash;
    if (hash == null) {
      hash = passwords.hash("nobody");
      nobodysHash = hash;
    }
    return hash;
  }

  private static long shortened(byte[] digest) {
    return ByteBuffer.wrap(digest).getLong();
  }

  private byte[] digest(String login, String password) {
    byte[] known = key;
    if (known == null) {
      known = others.key();
      key = known;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(known, "HmacSHA256"));
      mac.update(login.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Throttle throttle(Settings settings) {
    return new Throttle(
        settings.get(RuntimeSettings.AUTH_FREE_FAILURES),
        settings.get(RuntimeSettings.AUTH_DELAY),
        settings.get(RuntimeSettings.AUTH_MAX_DELAY),
        settings.get(RuntimeSettings.AUTH_THROTTLE_KEYS),
        System::nanoTime);
  }

  /** There are no other nodes. */
  private static final class Alone implements LoginFailures {
    private final byte[] key = new byte[32];

    Alone() {
      new SecureRandom().nextBytes(key);
    }

    @Override
    public byte[] key() {
      return key.clone();
    }

    @Override
    public void tell(Attempt attempt) {}

    @Override
    public void listen(Consumer<Attempt> listener) {}
  }

  /** Passwords that were right a moment ago: keyed digests, never the passwords. Any thread. */
  private static final class Verified {
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time, by holds() alone
    private record Check(byte[] digest, String hash, long since) {}

    private final long ttl;
    private final Map<String, Check> entries;

    Verified(int mostEntries, long ttl) {
      this.ttl = ttl;
      this.entries =
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Check> eldest) {
              return size() > mostEntries;
            }
          };
    }

    synchronized boolean holds(String login, byte[] digest, String hash) {
      Check entry = entries.get(login);
      if (entry == null) {
        return false;
      }
      if (System.nanoTime() - entry.since() >= ttl || !entry.hash().equals(hash)) {
        entries.remove(login);
        return false;
      }
      return java.security.MessageDigest.isEqual(entry.digest(), digest);
    }

    synchronized void put(String login, byte[] digest, String hash) {
      entries.put(login, new Check(Arrays.copyOf(digest, digest.length), hash, System.nanoTime()));
    }
  }
}
