package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Test messages in packages of other mail parsers, had through the client of their registry where
 * it is installed and answers. Nothing of them is kept here.
 */
final class ForeignPackages {
  private static final long LARGEST = 2 << 20;

  /** For a registry that does not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A package and how to have its sources in a folder. */
  private record Source(String program, List<String> command) {}

  private static final List<Source> SOURCES =
      List.of(
          npm("postal-mime@4.0.0"),
          npm("mailparser@3.14.2"),
          npm("libmime@5.6.4"),
          pip("imap_tools==1.16.0"),
          pip("flanker==0.9.11"),
          pip("mail_parser==4.8.0"),
          crate());

  /** Where the interpreter keeps the tests of its own email package, if it has them. */
  private static final String PYTHON =
      "import os, shutil, test; d = os.path.join(os.path.dirname(test.__file__), 'test_email',"
          + " 'data'); shutil.copytree(d, 'python') if os.path.isdir(d) else None";

  private ForeignPackages() {}

  private static Source npm(String name) {
    return new Source("npm", List.of("npm", "pack", "--silent", name));
  }

  private static Source pip(String name) {
    return new Source(
        "python3",
        List.of(
            "python3",
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary=:all:",
            "--dest=.",
            name));
  }

  private static Source crate() {
    return new Source("cargo", List.of("cargo", "vendor", "--quiet", "vendor"));
  }

  /** All there are, each once; none when nothing can be had. */
  static List<Fixtures.Fixture> messages(Path folder) throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("Cargo.toml"),
        """
        [package]
        name = "fixtures"
        version = "0.0.0"
        [lib]
        path = "lib.rs"
        [dependencies]
        mail-parser = "=0.11.0"
        mailparse = "=0.18.0"
        """);
    Files.createFile(folder.resolve("lib.rs"));
    for (Source source : SOURCES) {
      if (Program.isInstalled(source.program())) {
        Program.succeeds(folder, PATIENCE, source.command()); // else there are fewer messages
      }
    }
    if (Program.isInstalled("python3")) {
      Program.succeeds(folder, PATIENCE, List.of("python3", "-c", PYTHON));
    }
    for (Path archive : list(folder, ".*\\.(tgz|tar\\.gz)")) {
      Path into = Files.createDirectories(folder.resolve(archive.getFileName() + ".d"));
      Program.succeeds(
          folder, PATIENCE, List.of("tar", "-xzf", archive.toString(), "-C", into.toString()));
    }
    Set<String> seen = new HashSet<>();
    TreeMap<String, Fixtures.Fixture> found = new TreeMap<>();
    for (Path file : list(folder, ".*\\.(eml|msg|txt|crlf|mbox)")) {
      byte[] octets = Files.size(file) > LARGEST ? new byte[0] : Files.readAllBytes(file);
      if (isMessage(octets) && seen.add(new String(octets, ISO_8859_1))) {
        String name = folder.relativize(file).toString();
        found.put(name, new Fixtures.Fixture(name, octets));
      }
    }
    return List.copyOf(found.values());
  }

  private static List<Path> list(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return new ArrayList<>(
          all.filter(Files::isRegularFile)
              .filter(file -> String.valueOf(file.getFileName()).matches(name))
              .toList());
    }
  }

  private static boolean isMessage(byte[] octets) {
    String start = new String(octets, 0, Math.min(octets.length, 2_000), ISO_8859_1);
    return start.matches("(?s)\\s*(From [^\n]*\n)?[!-9;-~]+:[ \t\r\n].*");
  }
}
