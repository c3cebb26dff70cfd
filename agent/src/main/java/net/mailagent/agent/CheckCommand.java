package net.mailagent.agent;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.embedded.EmbeddedMongo;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Account;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.settings.SettingsException;
import net.mailagent.store.Store;
import net.mailagent.store.check.Checker;
import net.mailagent.store.check.Finding;
import org.jspecify.annotations.Nullable;

/**
 * {@code mail-agent check [--user NAME] [--repair]}: checks what is stored, prints what is wrong,
 * one line each, and repairs on request what can be told for certain.
 */
final class CheckCommand {
  /** Nothing is wrong. */
  static final int CLEAN = 0;

  /** Something is, or was before it was repaired. */
  static final int DIFFERENCES = 1;

  /** Not everything could be checked. */
  static final int NOT_CHECKED = 2;

  private final @Nullable String user;
  private final boolean repair;

  /** The other arguments: settings. */
  private final List<String> rest;

  private CheckCommand(@Nullable String user, boolean repair, List<String> rest) {
    this.user = user;
    this.repair = repair;
    this.rest = rest;
  }

  /**
   * The command that these arguments, without its name, give.
   *
   * @throws SettingsException if {@code --user} has no value
   */
  static CheckCommand parse(List<String> arguments) {
    List<String> rest = new ArrayList<>();
    String user = null;
    boolean repair = false;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("--repair")) {
        repair = true;
      } else if (argument.startsWith("--user=")) {
        user = argument.substring("--user=".length());
      } else if (argument.equals("--user")) {
        if (++i == arguments.size()) {
          throw new SettingsException("--user needs a user name, an address or an id");
        }
        user = arguments.get(i);
      } else {
        rest.add(argument);
      }
    }
    return new CheckCommand(user, repair, rest);
  }

  List<String> settings() {
    return rest;
  }

  /** Checks; returns the exit code. */
  int run(Settings settings, PrintStream out, PrintStream err) {
    try (EmbeddedMongo engine =
            settings.get(AgentSettings.MONGO).isPresent()
                ? null
                : StoreSetup.startEngine(settings);
        Store store = Store.openQuietly(StoreSetup.of(settings, url(settings, engine)))) {
      AtomicInteger findings = new AtomicInteger();
      int failed = check(store, findings, out, err);
      long users = store.checker().counts().users();
      out.printf("%d users checked, %d findings%n", users, findings.get());
      return failed > 0 ? NOT_CHECKED : findings.get() > 0 ? DIFFERENCES : CLEAN;
    } catch (RuntimeException e) {
      err.println("mail-agent: could not check: " + StartException.of(e).getMessage());
      return NOT_CHECKED;
    }
  }

  private static String url(Settings settings, @Nullable EmbeddedMongo engine) {
    return settings
        .get(AgentSettings.MONGO)
        .or(() -> Optional.ofNullable(engine).map(EmbeddedMongo::url))
        .orElseThrow();
  }

  private int check(Store store, AtomicInteger findings, PrintStream out, PrintStream err) {
    Checker checker = store.checker();
    java.util.function.Consumer<Finding> print =
        finding -> {
          findings.incrementAndGet();
          out.println(finding);
        };
    if (user == null) {
      int failed = checker.checkAll(repair, print, () -> true);
      if (failed > 0) {
        err.println("mail-agent: " + failed + " users or blobs could not be checked; see the log");
      }
      return failed;
    }
    Optional<UserId> found =
        store
            .accounts()
            .byLogin(user)
            .map(Account::id)
            .or(() ->
                user.matches("[0-9a-f]{24}")
                    ? store.accounts().byId(new UserId(user)).map(Account::id)
                    : Optional.empty());
    if (found.isEmpty()) {
      err.println("mail-agent: there is no user " + user);
      return 1;
    }
    checker.check(found.get(), repair, print);
    return 0;
  }
}
