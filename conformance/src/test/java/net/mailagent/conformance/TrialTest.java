package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A user's trial with Python's imaplib and smtplib: src/test/clients/trial.py. */
class TrialTest {
  @TempDir private Path folder;

  @BeforeEach
  void needsPython() {
    Program.require("python3");
  }

  @Test
  void oneNode() throws Exception {
    try (Node node = Node.start(folder.resolve("data"))) {
      trial("--http", "" + node.http(), "--lmtp", "" + node.lmtp(), "--imap", "" + node.imap());
    }
  }

  @Test
  void twoNodesAndRedis() throws Exception {
    try (TwoNodes nodes = new TwoNodes(folder)) {
      trial(nodes);
    }
  }

  /** A server of other people's that speaks MongoDB's protocol: theirs as they ship it. */
  @Test
  void twoNodesOnAnotherServer() throws Exception {
    MongoServer server = new MongoServer(H2Backend.inMemory());
    try {
      trialOn("mongodb://127.0.0.1:" + server.bind().getPort() + "/trial");
    } finally {
      server.shutdownNow();
    }
  }

  /** The server that store tests are pointed at. */
  @Test
  @EnabledIfEnvironmentVariable(named = "AGENT_TEST_MONGO", matches = ".+")
  void twoNodesOnTheServerGiven() throws Exception {
    trialOn(System.getenv("AGENT_TEST_MONGO"));
  }

  private void trialOn(String mongo) throws Exception {
    try (TwoNodes nodes = new TwoNodes(folder, mongo)) {
      trial(nodes);
    }
  }

  private void trial(TwoNodes nodes) throws IOException, InterruptedException {
    trial(
        "--http", "" + nodes.a.http(),
        "--lmtp", nodes.a.lmtp() + "," + nodes.b.lmtp(),
        "--imap", nodes.a.imap() + "," + nodes.b.imap());
  }

  private void trial(String... options) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>();
    command.add("python3");
    command.add(Repository.root().resolve("conformance/src/test/clients/trial.py").toString());
    command.addAll(List.of(options));
    assertThat(Program.run(folder, command).good().text()).contains("trial passed");
  }
}
