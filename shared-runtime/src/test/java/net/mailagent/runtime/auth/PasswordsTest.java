package net.mailagent.runtime.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PasswordsTest {
  static final Settings CHEAP =
      Settings.defaults()
          .with(RuntimeSettings.ARGON2_MEMORY, 64)
          .with(RuntimeSettings.ARGON2_ITERATIONS, 1);

  @Test
  void verifiesWhatItHashedAndNothingElse() throws Exception {
    try (Passwords passwords = new Passwords(CHEAP)) {
      String hash = passwords.hash("p\u00e4ss");
      assertThat(hash).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
      assertThat(passwords.hash("p\u00e4ss")).isNotEqualTo(hash);
      assertThat(passwords.verify("p\u00e4ss", hash)).isTrue();
      assertThat(passwords.verify("pass", hash)).isFalse();
      assertThat(passwords.verify("p\u00e4ss", "{SSHA}x")).isFalse();
      assertThat(passwords.verify("p\u00e4ss", hash.replace("m=64", "m=99999999"))).isFalse();
      assertThat(passwords.verify("", hash)).isFalse();
    }
  }

  /** Made with the reference implementation (argon2 command, "password", "somesalt"). */
  @Test
  void agreesWithTheReference() throws Exception {
    try (Passwords passwords = new Passwords(CHEAP)) {
      assertThat(
              passwords.verify(
                  "password",
                  "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"))
          .isTrue();
    }
  }

  @Test
  void knowsWhichHashesAreOutdated() throws Exception {
    try (Passwords cheap = new Passwords(CHEAP);
        Passwords usual = new Passwords(Settings.defaults())) {
      String hash = cheap.hash("x");
      assertThat(cheap.needsRehash(hash)).isFalse();
      assertThat(usual.needsRehash(hash)).isTrue();
      assertThat(usual.needsRehash("{PLAIN}x")).isTrue();
      long start = System.nanoTime();
      String real = usual.hash("x");
      System.out.printf("one Argon2id hash: %d ms%n", (System.nanoTime() - start) / 1_000_000);
      assertThat(real).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }
  }

  @Test
  void refusesMoreThanMayWait() throws Exception {
    Settings tight =
        Settings.defaults()
            .with(RuntimeSettings.PASSWORD_THREADS, 1)
            .with(RuntimeSettings.PASSWORD_QUEUE, 2);
    try (Passwords passwords = new Passwords(tight)) {
      AtomicInteger hashed = new AtomicInteger();
      AtomicInteger refused = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        threads.add(
            Thread.startVirtualThread(() -> {
              try {
                passwords.hash("x");
                hashed.incrementAndGet();
              } catch (Passwords.Busy e) {
                refused.incrementAndGet();
              }
            }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(hashed.get() + refused.get()).isEqualTo(50);
      assertThat(hashed.get()).isGreaterThanOrEqualTo(3);
      assertThat(refused.get()).isPositive();
      // a worker counts as busy for a moment after its answer is out
      long limit = System.nanoTime() + 10_000_000_000L;
      while (passwords.pending() > 0 && System.nanoTime() < limit) {
        Thread.onSpinWait();
      }
      assertThat(passwords.pending()).isZero();
    }
  }
}
