package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Other projects' test messages by LMTP and by APPEND: each comes back byte for byte, and what
 * ENVELOPE and BODYSTRUCTURE say of it is legal and agrees with what BODY[...] gives.
 */
class ForeignMessagesTest {
  private static final Set<String> ENCODED = Set.of("base64", "quoted-printable");

  @TempDir private static Path folder;
  private static Node node;
  private static User user;
  private static Lmtp lmtp;
  private static Imap imap;

  @BeforeAll
  static void start() throws Exception {
    node = Node.start(folder);
    user = node.newUser();
    lmtp = new Lmtp(node.lmtp());
    imap = Imap.login(node.imap(), user);
    imap.run("CREATE Appended");
  }

  @AfterAll
  static void stop() throws Exception {
    imap.close();
    lmtp.close();
    node.close();
  }

  static List<Fixtures.Fixture> messages() {
    return Fixtures.mime4j();
  }

  @Test
  void thereAreMessages() {
    assertThat(messages()).hasSizeGreaterThanOrEqualTo(80);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void appended(Fixtures.Fixture message) throws IOException {
    imap.run("SELECT Appended");
    long uid = imap.append("Appended", message.octets());
    assertThat(text(whole(uid))).isEqualTo(text(message.octets()));
    structureAgreesWithParts(uid);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void delivered(Fixtures.Fixture message) throws IOException {
    lmtp.deliver(user.address(), message.octets());
    imap.run("SELECT INBOX");
    long uid = Long.parseLong(imap.run("UID SEARCH UID *").find("\\* SEARCH (\\d+)"));
    byte[] stored = whole(uid);
    byte[] sent = endingInCrlf(message.octets());
    assertThat(stored).hasSizeGreaterThan(sent.length);
    int trace = stored.length - sent.length;
    assertThat(text(stored).substring(trace)).isEqualTo(text(sent));
    assertThat(text(Arrays.copyOf(stored, trace)))
        .startsWith("Return-Path: <sender@example.org>\r\n")
        .endsWith("\r\n")
        .doesNotContain("\r\n\r\n");
    structureAgreesWithParts(uid);
  }

  @Test
  void ofPackages(@TempDir Path packages) throws IOException, InterruptedException {
    assumeTrue(Program.isRequired() || Boolean.getBoolean("foreign.packages"), "it takes a while");
    List<Fixtures.Fixture> found = ForeignPackages.messages(packages);
    imap.run("SELECT Appended");
    int binary = 0;
    for (Fixtures.Fixture message : found) {
      if (message.octets().length == 0) {
        continue;
      }
      long uid = imap.append("Appended", message.octets());
      try {
        assertThat(one(uid, "BINARY.PEEK[]").section("BINARY[]")).isEqualTo(message.octets());
        if (text(message.octets()).indexOf('\0') >= 0) {
          binary++; // which only BINARY may send
        } else {
          structureAgreesWithParts(uid);
        }
      } catch (AssertionError e) {
        throw new AssertionError(message + ": " + e.getMessage(), e);
      }
    }
    System.out.printf(
        "%d messages in packages of other projects, %d of them with NUL%n", found.size(), binary);
    assumeThat(found).as("messages in packages, of registries that answer").isNotEmpty();
  }

  private static byte[] whole(long uid) throws IOException {
    Fetched fetched = one(uid, "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])");
    byte[] octets = fetched.section("BODY[]");
    assertThat(fetched.size).isEqualTo(octets.length);
    return octets;
  }

  private static void structureAgreesWithParts(long uid) throws IOException {
    Fetched fetched =
        one(
            uid,
            "(ENVELOPE BODY BODYSTRUCTURE PREVIEW EMAILID THREADID BODY.PEEK[] BODY.PEEK[HEADER]"
                + " BODY.PEEK[TEXT] BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[HEADER.FIELDS.NOT"
                + " (SUBJECT)])");
    assertThat(fetched.envelope).isTrue();
    identifiersFindIt(uid, fetched);
    assertThat(fetched.preview.codePointCount(0, fetched.preview.length()))
        .isLessThanOrEqualTo(200);
    byte[] header = fetched.section("BODY[HEADER]");
    byte[] text = fetched.section("BODY[TEXT]");
    assertThat(joined(header, text)).isEqualTo(fetched.section("BODY[]"));

    Map<String, Part> parts = new LinkedHashMap<>();
    if (fetched.structure instanceof Part.Multipart multipart) {
      number(multipart, "", parts);
    } else {
      number(fetched.structure, "1", parts);
      assertThat(one(uid, "BODY.PEEK[1]").section("BODY[1]")).isEqualTo(text);
    }
    Map<String, byte[]> sections =
        one(
                uid,
                parts.keySet().stream()
                    .map(path ->
                        "BODY.PEEK["
                            + path
                            + "] BODY.PEEK["
                            + path
                            + ".MIME]"
                            + " BODY.PEEK["
                            + path
                            + "]<3.50>"
                            + (parts.get(path) instanceof Part.Enclosed
                                ? " BODY.PEEK[" + path + ".HEADER] BODY.PEEK[" + path + ".TEXT]"
                                : ""))
                    .collect(Collectors.joining(" ", "(", ")")))
            .sections;
    parts.forEach((path, part) -> agrees(path, part, sections));
    for (Map.Entry<String, Part> part : parts.entrySet()) {
      if (part.getValue() instanceof Part.Leaf leaf) {
        decoded(uid, part.getKey(), leaf.encoding(), sections.get("BODY[" + part.getKey() + "]"));
      }
    }
    if (fetched.structure instanceof Part.Multipart multipart) {
      liesWithin(multipart, "", text, sections);
    }
  }

  private static void identifiersFindIt(long uid, Fetched fetched) throws IOException {
    assertThat(fetched.emailId).startsWith("M");
    assertThat(fetched.threadId).startsWith("T");
    Imap.Answer byId = imap.run("UID SEARCH EMAILID " + fetched.emailId);
    assertThat(byId.lines()).contains("* SEARCH " + uid);
    Imap.Answer byThread = imap.run("UID SEARCH THREADID " + fetched.threadId + " UID " + uid);
    assertThat(byThread.lines()).contains("* SEARCH " + uid);
  }

  /** BINARY of a leaf is what another decoder makes of it, where that decodes it. */
  private static void decoded(long uid, String path, String encoding, byte[] body)
      throws IOException {
    Imap.Answer answer =
        imap.ask("UID FETCH " + uid + " (BINARY.PEEK[" + path + "] BINARY.SIZE[" + path + "])");
    Set<String> known =
        Set.of(
            "7bit",
            "8bit",
            "binary",
            "base64",
            "quoted-printable",
            "x-uuencode",
            "uuencode",
            "x-uue");
    if (!known.contains(encoding)) {
      assertThat(answer.tagged()).startsWith("NO [UNKNOWN-CTE]");
      return;
    }
    assertThat(answer.tagged()).as(path).startsWith("OK");
    Fetched fetched = answer.fetched().getFirst();
    byte[] octets = fetched.section("BINARY[" + path + "]");
    assertThat(fetched.sizes).containsEntry("BINARY.SIZE[" + path + "]", (long) octets.length);
    switch (encoding) {
      case "base64" -> {
        try {
          assertThat(octets).as(path).isEqualTo(Base64.getMimeDecoder().decode(body));
        } catch (IllegalArgumentException e) {
          assertThat(octets.length).isLessThanOrEqualTo(body.length); // damaged
        }
      }
      case "quoted-printable", "x-uuencode", "uuencode", "x-uue" ->
          assertThat(octets.length).isLessThanOrEqualTo(body.length);
      default -> assertThat(octets).as(path).isEqualTo(body);
    }
  }

  /** Gives every part its number (RFC 9051 section 6.4.5.1). */
  private static void number(Part part, String path, Map<String, Part> parts) {
    if (!path.isEmpty()) {
      parts.put(path, part);
    }
    String below = path.isEmpty() ? "" : path + ".";
    switch (part) {
      case Part.Leaf leaf -> {}
      case Part.Multipart multipart -> {
        for (int i = 0; i < multipart.parts().size(); i++) {
          number(multipart.parts().get(i), below + (i + 1), parts);
        }
      }
      case Part.Enclosed enclosed -> {
        if (enclosed.body() instanceof Part.Multipart inner) {
          for (int i = 0; i < inner.parts().size(); i++) {
            number(inner.parts().get(i), below + (i + 1), parts);
          }
        } else {
          number(enclosed.body(), below + 1, parts);
        }
      }
    }
  }

  private static void agrees(String path, Part part, Map<String, byte[]> sections) {
    byte[] octets = sections.get("BODY[" + path + "]");
    assertThat(octets).as(path).isNotNull();
    assertThat(sections.get("BODY[" + path + "]<3>"))
        .as("part of " + path)
        .isEqualTo(
            Arrays.copyOfRange(octets, Math.min(3, octets.length), Math.min(53, octets.length)));
    switch (part) {
      case Part.Multipart multipart -> {}
      case Part.Leaf leaf -> {
        assertThat(leaf.octets()).as("octets of " + path).isEqualTo(octets.length);
        if (leaf.type().equals("text")) {
          assertThat(leaf.lines()).as("lines of " + path).isIn(lines(octets));
        }
      }
      case Part.Enclosed enclosed -> {
        assertThat(enclosed.octets()).as("octets of " + path).isEqualTo(octets.length);
        assertThat(enclosed.lines()).as("lines of " + path).isIn(lines(octets));
        assertThat(
                joined(
                    sections.get("BODY[" + path + ".HEADER]"),
                    sections.get("BODY[" + path + ".TEXT]")))
            .as("header and text of " + path)
            // An encoded message, which RFC 2046 section 5.2.1 forbids, has no octets to show.
            .isEqualTo(ENCODED.contains(enclosed.encoding()) ? new byte[0] : octets);
      }
    }
  }

  /** The number of lines, the last of which may or may not be counted when nothing ends it. */
  private static List<Long> lines(byte[] octets) {
    long ends = text(octets).chars().filter(c -> c == '\n').count();
    boolean open = octets.length > 0 && octets[octets.length - 1] != '\n';
    return open ? List.of(ends, ends + 1) : List.of(ends);
  }

  /** Each child's MIME header and body follow each other in its parent, children in their order. */
  private static void liesWithin(
      Part.Multipart multipart, String path, byte[] content, Map<String, byte[]> sections) {
    String below = path.isEmpty() ? "" : path + ".";
    String whole = text(content);
    int from = 0;
    for (int i = 0; i < multipart.parts().size(); i++) {
      String child = below + (i + 1);
      byte[] body = sections.get("BODY[" + child + "]");
      String expected = text(joined(sections.get("BODY[" + child + ".MIME]"), body));
      int found = whole.indexOf(expected, from);
      assertThat(found).as("%s within %s", child, path).isNotNegative();
      from = found + expected.length();
      switch (multipart.parts().get(i)) {
        case Part.Multipart inner -> liesWithin(inner, child, body, sections);
        case Part.Enclosed enclosed -> {
          if (enclosed.body() instanceof Part.Multipart inner) {
            liesWithin(inner, child, sections.get("BODY[" + child + ".TEXT]"), sections);
          }
        }
        case Part.Leaf leaf -> {}
      }
    }
  }

  private static Fetched one(long uid, String items) throws IOException {
    List<Fetched> fetched = imap.fetch(Long.toString(uid), items);
    assertThat(fetched).hasSize(1);
    assertThat(fetched.getFirst().uid).isEqualTo(uid);
    return fetched.getFirst();
  }

  private static byte[] endingInCrlf(byte[] message) {
    return text(message).endsWith("\r\n") ? message : joined(message, new byte[] {'\r', '\n'});
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
