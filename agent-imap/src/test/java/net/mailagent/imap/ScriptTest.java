package net.mailagent.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the protocol scripts, each against a server of its own.
 *
 * <p>{@code C:} is sent with CRLF; {@code S:} is the next response, in which {@code ...} stands for
 * anything; {@code |} goes on with a literal of the line before. {@code 2C:} and {@code 2S:} are
 * those of a second connection. Connections are logged in and have INBOX selected unless the script
 * says {@code !raw} or {@code !login}. {@code !deliver 3} delivers messages to INBOX first.
 */
class ScriptTest {
  private static final Path SCRIPTS = Path.of("src", "test", "resources", "scripts");

  @TestFactory
  Stream<DynamicTest> scripts() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(SCRIPTS)) {
      files = all.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
    assertThat(files).isNotEmpty();
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
  }

  private static void run(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    Map<String, ImapClient> clients = new TreeMap<>();
    boolean select = lines.stream().noneMatch(l -> l.equals("!raw") || l.equals("!login"));
    boolean raw = lines.contains("!raw");
    try (ImapServer server = new ImapServer()) {
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        String at = file.getFileName() + ":" + (i + 1);
        if (line.startsWith("!deliver ")) {
          server.deliver(Integer.parseInt(line.substring(9)));
          continue;
        }
        int colon = line.indexOf(':');
        if (line.isBlank() || line.startsWith("#") || line.startsWith("!")) {
          continue;
        }
        String who = line.substring(0, colon);
        StringBuilder text = new StringBuilder(line.substring(Math.min(colon + 2, line.length())));
        while (i + 1 < lines.size() && lines.get(i + 1).startsWith("|")) {
          text.append("\r\n").append(lines.get(++i).substring(1));
        }
        String name = who.substring(0, who.length() - 1);
        ImapClient client = clients.get(name);
        if (client == null) {
          client = raw ? server.connect() : select ? server.select() : server.login();
          clients.put(name, client);
        }
        if (who.endsWith("C")) {
          client.send(text + "\r\n");
        } else {
          assertThat(client.response()).as(at).matches(pattern(text.toString()));
        }
      }
    } finally {
      for (ImapClient client : clients.values()) {
        client.close();
      }
    }
  }

  private static Pattern pattern(String expected) {
    List<String> parts = new ArrayList<>();
    for (String part : expected.split(Pattern.quote("..."), -1)) {
      parts.add(Pattern.quote(part));
    }
    return Pattern.compile(String.join(".*", parts), Pattern.DOTALL);
  }
}
