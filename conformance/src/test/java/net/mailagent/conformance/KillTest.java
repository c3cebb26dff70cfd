package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.mailagent.agent.Agent;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL in the middle of everything, at random moments: what was acknowledged is there, once,
 * under its UID, with its flags, byte for byte; what was not has happened wholly or not at all.
 */
class KillTest {
  private static final int ROUNDS = 3;
  private static final int MOST_COMMANDS = 150;
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(3);

  @TempDir private Path folder;

  @Test
  void nothingAcknowledgedIsLostWithTheProcess() throws Exception {
    Random random = seeded();
    try (AgentProcess agent = new AgentProcess(folder.resolve("agent"))) {
      User user = Node.newUser(agent.http, "survivor");
      List<Ledger> ledgers = Ledgers.all(user, random);
      prepare(ledgers, agent.imap, user);
      for (int round = 0; round < ROUNDS; round++) {
        killUnderWork(agent, ledgers, random);
        agent.start();
        verify(ledgers, agent.imap, agent.lmtp, user);
      }
    }
  }

  @Test
  void theOtherNodeHasAllThatAKilledOneAcknowledged() throws Exception {
    Random random = seeded();
    try (Agent store =
            Agent.start(
                Agent.onFreePorts(folder.resolve("store"))
                    .with(AgentSettings.ROLES, Set.of(Role.STORE)));
        Node other =
            Node.start(
                Agent.onFreePorts(folder.resolve("other"))
                    .with(AgentSettings.ROLES, Set.of(Role.IMAP, Role.LMTP, Role.API))
                    .with(AgentSettings.MONGO, java.util.Optional.of(store.storeUrl())));
        AgentProcess agent =
            new AgentProcess(
                folder.resolve("agent"),
                AgentSettings.ROLES.option(),
                "imap,lmtp,api",
                AgentSettings.MONGO.option(),
                store.storeUrl())) {
      User user = other.newUser();
      List<Ledger> ledgers = Ledgers.all(user, random);
      prepare(ledgers, agent.imap, user);
      killUnderWork(agent, ledgers, random);
      verify(ledgers, other.imap(), other.lmtp(), user);
      agent.start();
      verify(ledgers, agent.imap, agent.lmtp, user);
    }
  }

  private static Random seeded() {
    long seed = new Random().nextLong();
    // Moments of a kill cannot be replayed, but what the clients chose can.
    System.out.println("KillTest seed " + seed);
    return new Random(seed);
  }

  private static void prepare(List<Ledger> ledgers, int port, User user) throws IOException {
    try (Imap imap = Imap.login(port, user)) {
      for (Ledger ledger : ledgers) {
        ledger.prepare(imap);
      }
    }
  }

  private static void killUnderWork(AgentProcess agent, List<Ledger> ledgers, Random random)
      throws Exception {
    long before = Ledger.ACKNOWLEDGED.get();
    try (ExecutorService threads = Executors.newFixedThreadPool(ledgers.size())) {
      List<Future<Void>> working = new ArrayList<>();
      for (Ledger ledger : ledgers) {
        working.add(threads.submit(untilGone(ledger, agent)));
      }
      long wanted = before + 1 + random.nextInt(MOST_COMMANDS);
      long began = System.nanoTime();
      while (Ledger.ACKNOWLEDGED.get() < wanted
          && (Ledger.ACKNOWLEDGED.get() == before
              || System.nanoTime() - began < LONGEST_ROUND.toNanos())) {
        Thread.sleep(1);
      }
      Thread.sleep(random.nextInt(20));
      agent.kill();
      for (Future<Void> done : working) {
        done.get();
      }
    }
    assertThat(Ledger.ACKNOWLEDGED.get())
        .as("commands that were acknowledged")
        .isGreaterThan(before);
  }

  private static Callable<Void> untilGone(Ledger ledger, AgentProcess agent) {
    return () -> {
      try {
        ledger.work(agent.imap, agent.lmtp);
      } catch (IOException e) {
        // The server is gone, as it should be.
      }
      return null;
    };
  }

  private static void verify(List<Ledger> ledgers, int imapPort, int lmtpPort, User user)
      throws IOException {
    try (Imap imap = Imap.login(imapPort, user);
        Lmtp lmtp = new Lmtp(lmtpPort)) {
      for (Ledger ledger : ledgers) {
        ledger.verify(imap, lmtp);
      }
    }
  }
}
