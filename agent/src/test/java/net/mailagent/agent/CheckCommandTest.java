package net.mailagent.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import net.mailagent.embedded.EmbeddedMongo;
import net.mailagent.model.UserId;
import net.mailagent.model.port.NewAccount;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.Store;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exit codes of {@code mail-agent check} and what it prints. */
class CheckCommandTest {
  @TempDir Path data;

  private record Outcome(int code, String out, String err) {}

  private Outcome check(String... options) {
    List<String> arguments = new ArrayList<>(List.of("check", "--data", data.toString()));
    arguments.addAll(List.of(options));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            arguments,
            Map.of(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return new Outcome(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private void withStore(Consumer<Store> use) {
    Settings settings = Agent.onFreePorts(data);
    try (EmbeddedMongo engine = StoreSetup.startEngine(settings);
        Store store = Store.openQuietly(StoreSetup.of(settings, engine.url()))) {
      use.accept(store);
    }
  }

  @Test
  void differencesArePrintedAndRepaired() {
    withStore(store -> {
      UserId user =
          store
              .accounts()
              .create(
                  new NewAccount("ann", "ann@example.org", List.of(), "x", "", "", 0, Map.of()));
      store.upkeep().checkpoint(user);
      assertThat(check().code()).as("another process has the data").isEqualTo(2);
    });
    assertThat(check()).isEqualTo(new Outcome(0, "1 users checked, 0 findings\n", ""));
    withStore(store ->
        store
            .connection()
            .documents("state")
            .updateAll(
                new BsonDocument("quotaUsed", new BsonInt64(0)),
                new BsonDocument("$set", new BsonDocument("quotaUsed", new BsonInt64(5)))));
    Outcome found = check("--user", "ann@example.org");
    assertThat(found.code()).isEqualTo(1);
    assertThat(found.out()).contains("checkpoint of user").contains("quota");
    Outcome repaired = check("--repair");
    assertThat(repaired.code()).isEqualTo(1);
    assertThat(repaired.out()).contains("[repaired]");
    assertThat(check().code()).isZero();
  }

  @Test
  void whatCannotBeCheckedIsSaid() {
    withStore(store -> {});
    assertThat(check("--user", "nobody").err()).contains("there is no user nobody");
    assertThat(check("--user", "nobody").code()).isEqualTo(2);
    assertThat(check("--user").code()).isEqualTo(2);
    assertThat(check("--no-such-setting", "1").code()).isEqualTo(2);
  }
}
