package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind a load balancer, who guesses passwords is as slow as on one node. */
class WrongPasswordsTest {
  /** The seventh attempt waits for four seconds, less what passes until it is made. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  @TempDir private Path folder;

  @Test
  void guessesOnOneNodeSlowLoginsOnTheOther() throws Exception {
    try (TwoNodes nodes = new TwoNodes(folder)) {
      User user = nodes.a.newUser();
      User other = nodes.a.newUser();
      assertThat(Imap.guess(nodes.b.imap(), other, User.PASSWORD)).startsWith("OK");
      for (int i = 0; i < 6; i++) {
        assertThat(Imap.guess(nodes.a.imap(), user, "guess" + i))
            .startsWith("NO [AUTHENTICATIONFAILED]");
      }
      long began = System.nanoTime();
      assertThat(Imap.guess(nodes.b.imap(), other, User.PASSWORD))
          .as("who is known does not wait behind those who guess")
          .startsWith("OK");
      long known = System.nanoTime();
      assertThat(Imap.guess(nodes.b.imap(), user, User.PASSWORD)).startsWith("OK");
      assertThat(Duration.ofNanos(System.nanoTime() - known)).isGreaterThan(WAIT);
      assertThat(Duration.ofNanos(known - began)).isLessThan(WAIT);
    }
  }
}
