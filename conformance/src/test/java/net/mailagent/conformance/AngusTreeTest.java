package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.ParseException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tree that Angus Mail makes of a raw message is the one that BODYSTRUCTURE shows, and the
 * octets of its parts are those of BODY[n], but for the messages that are named here.
 */
class AngusTreeTest {
  private static final Session SESSION = Session.getInstance(new Properties());

  private static final String EMPTY = "a part between two boundary lines is empty to us";
  private static final String NO_PARTS = "a multipart without parts is one text to us";
  private static final String UNREADABLE = "Angus cannot read the Content-Type";
  private static final String DIGEST = "Angus does not know what a part of a digest is by default";
  private static final String BOUNDARY = "Angus does not find the boundary";

  /** Where it differs, and why (ADR 24). */
  private static final Map<String, String> DIFFERENT =
      Map.ofEntries(
          Map.entry("mimetools-testmsgs/2002_06_12_doublebound.msg", EMPTY),
          Map.entry("mimetools-testmsgs/double-bound.msg", EMPTY),
          Map.entry("testmsgs/multipartemptypart.msg", EMPTY),
          Map.entry("mimetools-testmsgs/badbound.msg", NO_PARTS),
          Map.entry("testmsgs/ending-boundaries.msg", NO_PARTS),
          Map.entry("testmsgs/missing-boundary.msg", NO_PARTS),
          Map.entry("testmsgs/missing-inner-boundary.msg", NO_PARTS),
          Map.entry("testmsgs/missing-inner-start-boundary.msg", NO_PARTS),
          Map.entry("testmsgs/multipartnopart.msg", NO_PARTS),
          Map.entry("mimetools-testmsgs/double-semicolon.msg", UNREADABLE),
          Map.entry("mimetools-testmsgs/double-semicolon2.msg", UNREADABLE),
          Map.entry("mimetools-testmsgs/russian.msg", UNREADABLE),
          Map.entry("testmsgs/russian-headers.msg", UNREADABLE),
          Map.entry("mimetools-testmsgs/multi-digest.msg", DIGEST),
          Map.entry("testmsgs/multipartdigestnestedemptyparts.msg", DIGEST),
          Map.entry("testmsgs/very-long-boundary.msg", BOUNDARY),
          Map.entry("testmsgs/very-very-long-boundary.msg", BOUNDARY),
          Map.entry("testmsgs/weird-boundary.msg", BOUNDARY));

  @Test
  void treesAreTheSame(@TempDir Path folder) throws Exception {
    try (Node node = Node.start(folder);
        Imap imap = Imap.login(node.imap(), node.newUser())) {
      imap.run("SELECT INBOX");
      Map<String, String> differences = new TreeMap<>();
      for (Fixtures.Fixture message : Fixtures.mime4j()) {
        long uid = imap.append("INBOX", message.octets());
        Map<String, String> ours = shown(imap, uid);
        Map<String, String> theirs = new TreeMap<>();
        part(new MimeMessage(SESSION, new ByteArrayInputStream(message.octets())), "", theirs);
        if (!ours.equals(theirs)) {
          differences.put(message.name(), "ours " + ours + ", theirs " + theirs);
        }
      }
      differences.forEach(
          (name, difference) -> assertThat(DIFFERENT).as(difference).containsKey(name));
      assertThat(DIFFERENT.keySet())
          .as("differences that are no more")
          .isEqualTo(differences.keySet());
    }
  }

  // --- as BODYSTRUCTURE shows it ----------------------------------------------------------------

  private static Map<String, String> shown(Imap imap, long uid) throws IOException {
    String set = Long.toString(uid);
    Map<String, Part> parts = new LinkedHashMap<>();
    number(imap.fetch(set, "(BODYSTRUCTURE)").getFirst().structure, "", parts);
    Map<String, String> shown = new TreeMap<>();
    String items =
        parts.entrySet().stream()
            .filter(part -> !(part.getValue() instanceof Part.Multipart))
            .map(part -> "BODY.PEEK[" + part.getKey() + "]")
            .collect(Collectors.joining(" ", "(", ")"));
    Map<String, byte[]> sections = imap.fetch(set, items).getFirst().sections;
    parts.forEach((path, part) ->
        shown.put(
            path,
            switch (part) {
              case Part.Multipart multipart -> "multipart/" + lower(multipart.subtype());
              case Part.Leaf leaf ->
                  lower(leaf.type() + "/" + leaf.subtype())
                      + " "
                      + octets(sections.get("BODY[" + path + "]"));
              case Part.Enclosed enclosed ->
                  "message/rfc822 " + octets(sections.get("BODY[" + path + "]"));
            }));
    return shown;
  }

  /** Numbers as RFC 9051 section 6.4.5.1 has them; the multipart of a message has its number. */
  private static void number(Part part, String path, Map<String, Part> parts) {
    String below = path.isEmpty() ? "" : path + ".";
    switch (part) {
      case Part.Multipart multipart -> {
        parts.putIfAbsent(path, part);
        for (int i = 0; i < multipart.parts().size(); i++) {
          number(multipart.parts().get(i), below + (i + 1), parts);
        }
      }
      case Part.Leaf leaf -> parts.put(path.isEmpty() ? "1" : path, part);
      case Part.Enclosed enclosed -> {
        String own = path.isEmpty() ? "1" : path;
        parts.put(own, part);
        if (!enclosed.encoding().equals("base64")) { // which no message may be
          boolean several = enclosed.body() instanceof Part.Multipart;
          number(enclosed.body(), several ? own : own + ".1", parts);
        }
      }
    }
  }

  // --- as Angus reads it ------------------------------------------------------------------------

  private static void part(jakarta.mail.Part part, String path, Map<String, String> out)
      throws MessagingException, IOException {
    String type = type(part);
    Multipart several = type.startsWith("multipart/") ? several(part) : null;
    String below = path.isEmpty() ? "" : path + ".";
    if (several != null) {
      out.putIfAbsent(path, type);
      for (int i = 0; i < several.getCount(); i++) {
        part(several.getBodyPart(i), below + (i + 1), out);
      }
      return;
    }
    String own = path.isEmpty() ? "1" : path;
    byte[] raw = raw(part);
    out.put(own, type + " " + octets(raw));
    String[] encoding = part.getHeader("Content-Transfer-Encoding");
    if (type.equals("message/rfc822")
        && (encoding == null || !encoding[0].strip().equalsIgnoreCase("base64"))) {
      MimeMessage enclosed = new MimeMessage(SESSION, new ByteArrayInputStream(raw));
      boolean parts = type(enclosed).startsWith("multipart/") && several(enclosed) != null;
      part(enclosed, parts ? own : own + ".1", out);
    }
  }

  private static byte[] raw(jakarta.mail.Part part) throws MessagingException, IOException {
    return switch (part) {
      case MimeMessage message -> message.getRawInputStream().readAllBytes();
      case MimeBodyPart body -> body.getRawInputStream().readAllBytes();
      default -> throw new AssertionError(part);
    };
  }

  private static String type(jakarta.mail.Part part) throws MessagingException {
    try {
      return lower(new ContentType(part.getContentType()).getBaseType());
    } catch (ParseException e) {
      return "unreadable";
    }
  }

  private static @Nullable Multipart several(jakarta.mail.Part part) throws IOException {
    try {
      Multipart several = (Multipart) part.getContent();
      several.getCount(); // reads it
      return several;
    } catch (MessagingException e) {
      return null;
    }
  }

  private static String octets(byte[] octets) {
    return octets.length + ":" + Integer.toHexString(new String(octets, ISO_8859_1).hashCode());
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
