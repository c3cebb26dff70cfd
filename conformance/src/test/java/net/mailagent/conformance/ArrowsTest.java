package net.mailagent.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The one direction of dependency between modules, as ARCHITECTURE.md draws it. */
class ArrowsTest {
  private static final String BASE = "net.mailagent.";

  /** What each module's packages may use of ours; the rest is forbidden. */
  private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

  static {
    MAY_USE.put("model", List.of());
    MAY_USE.put("mime", List.of("model"));
    MAY_USE.put("store", List.of("model", "mime"));
    MAY_USE.put("runtime", List.of("model"));
    MAY_USE.put("embedded", List.of());
    MAY_USE.put("history", List.of());
    MAY_USE.put("imap", List.of("model", "runtime"));
    MAY_USE.put("lmtp", List.of("model", "runtime"));
    MAY_USE.put("api", List.of("model", "runtime"));
    MAY_USE.put(
        "agent", List.of("model", "mime", "store", "runtime", "embedded", "imap", "lmtp", "api"));
  }

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("net.mailagent");

  @Test
  void modulesUseOnlyWhatTheyMay() {
    MAY_USE.forEach((module, allowed) -> {
      assertThat(classes.stream().anyMatch(c -> c.getPackageName().startsWith(BASE + module)))
          .as("module " + module + " is seen")
          .isTrue();
      for (String other : MAY_USE.keySet()) {
        if (!other.equals(module) && !allowed.contains(other)) {
          noClasses()
              .that()
              .resideInAPackage(BASE + module + "..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage(BASE + other + "..")
              .check(classes);
        }
      }
    });
  }

  @Test
  void modelIsPureJava() {
    noClasses()
        .that()
        .resideInAPackage("net.mailagent.model..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "net.mailagent.model..", "org.jspecify..")
        .check(classes);
  }

  @Test
  void agentsNeverSeeADriver() {
    noClasses()
        .that()
        .resideInAnyPackage("net.mailagent.imap..", "net.mailagent.lmtp..", "net.mailagent.api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.mongodb..", "org.bson..", "io.lettuce..", "reactor..")
        .check(classes);
  }

  /** agent-imap inside: wire <- command, response; view <- handler <- connection. */
  @Test
  void imapLayersPointOneWay() {
    Map<String, List<String>> above =
        Map.of(
            "wire", List.of("command", "response", "view", "handler", "connection"),
            "command", List.of("response", "view", "handler", "connection"),
            "response", List.of("view", "handler", "connection"),
            "view", List.of("handler", "connection"),
            "handler", List.of("connection"));
    above.forEach((layer, forbidden) -> {
      for (String other : forbidden) {
        noClasses()
            .that()
            .resideInAPackage("net.mailagent.imap." + layer + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("net.mailagent.imap." + other + "..")
            .check(classes);
      }
    });
  }

  @Test
  void nobodyButTheStoreTalksToMongo() {
    noClasses()
        .that()
        .resideOutsideOfPackages("net.mailagent.store..", "net.mailagent.embedded..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.mongodb..")
        .check(classes);
  }
}
