package net.mailagent.embedded;

import static net.mailagent.embedded.Client.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.Indexes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A process that is killed the moment after it acknowledged has lost nothing. */
class KillTest {
  @TempDir Path directory;

  /** The process to be killed: prints each number once it was acknowledged. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) {
      try (EmbeddedMongo engine =
              EmbeddedMongo.start(EmbeddedMongoSettings.in(Path.of(arguments[0])));
          Client client = new Client(engine.url())) {
        var collection = client.collection("kept");
        Client.get(collection.createIndex(Indexes.ascending("n")));
        int start = Integer.parseInt(arguments[1]);
        for (int i = start; ; i++) {
          int number = i;
          Mono.from(collection.insertOne(new Document("n", number))).block();
          System.out.println(number);
          System.out.flush();
        }
      }
    }
  }

  @Test
  void killedProcessesKeepWhatTheyAcknowledged() throws Exception {
    Set<Integer> acknowledged = new HashSet<>();
    for (int round = 0; round < 2; round++) {
      acknowledged.addAll(runAndKill(round * 100_000));
    }
    assertThat(acknowledged).hasSizeGreaterThan(500);
    try (EmbeddedMongo engine = EmbeddedMongo.start(EmbeddedMongoSettings.in(directory));
        Client client = new Client(engine.url())) {
      Set<Integer> found = new HashSet<>();
      all(client.collection("kept").find(new Document("n", new Document("$gte", 0))))
          .forEach(doc -> found.add(doc.getInteger("n")));
      assertThat(found).containsAll(acknowledged);
    }
  }

  private Set<Integer> runAndKill(int start) throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Victim.class.getName(),
                    directory.toString(),
                    Integer.toString(start)))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Set<Integer> acknowledged = new HashSet<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.matches("\\d+")) {
          acknowledged.add(Integer.parseInt(line));
        }
        if (acknowledged.size() == 200) {
          assertThatThrownBy(() -> EmbeddedMongo.start(EmbeddedMongoSettings.in(directory)))
              .isInstanceOf(DirectoryInUseException.class);
        }
        if (acknowledged.size() == 400) {
          victim.toHandle().destroyForcibly(); // SIGKILL; what it had printed is still read
        }
      }
    } finally {
      victim.destroyForcibly();
    }
    victim.waitFor();
    return acknowledged;
  }
}
