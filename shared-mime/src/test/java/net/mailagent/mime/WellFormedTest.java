package net.mailagent.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.Section;
import org.apache.james.mime4j.codec.QuotedPrintableOutputStream;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of messages as the RFCs want them, other projects' parsers see the same parts and contents. */
class WellFormedTest {
  private static final int MESSAGES = 300;
  private static final String PYTHON =
      """
      import email, hashlib, os, sys
      def walk(part, path, out):
          if part.get_content_maintype() == 'multipart':
              for i, child in enumerate(part.get_payload()):
                  walk(child, path + [str(i + 1)], out)
          elif part.get_content_type() == 'message/rfc822':
              walk(part.get_payload(0), path + ['m'], out)
          else:
              octets = part.get_payload(decode=True)
              name = part.get_filename() or ''
              out.append('.'.join(path) + ' ' + part.get_content_type() + ' ' + name
                         + ' ' + hashlib.sha256(octets).hexdigest())
      for file in sorted(os.listdir(sys.argv[1])):
          with open(os.path.join(sys.argv[1], file), 'rb') as f:
              out = []
              walk(email.message_from_bytes(f.read()), [], out)
              print(file + ' ' + ', '.join(out))
      """;

  /** Writes one random message. */
  private static final class Writer {
    private final Random random;
    private int boundaries;

    Writer(long seed) {
      random = new Random(seed * 7_919L << 20);
    }

    String message(int depth) throws IOException {
      return "From: a@example.org\r\nSubject: =?utf-8?Q?caf=C3=A9?= "
          + random.nextInt(1_000)
          + "\r\nMIME-Version: 1.0\r\n"
          + part(depth, true);
    }

    private String part(int depth, boolean message) throws IOException {
      int kind = depth > 3 ? 9 : random.nextInt(10);
      if (kind < 4) {
        return multipart(depth);
      }
      if (kind < 6 && !message) {
        return "Content-Type: message/rfc822\r\n\r\n" + message(depth + 1);
      }
      return leaf();
    }

    private String multipart(int depth) throws IOException {
      String boundary = "=_" + random.nextInt(100) + "_" + boundaries++ + "_x";
      StringBuilder out = new StringBuilder("Content-Type: multipart/");
      out.append(random.nextBoolean() ? "mixed" : "alternative").append(";\r\n boundary=\"");
      out.append(boundary).append("\"\r\n\r\n");
      out.append(random.nextBoolean() ? "" : "A preamble.\r\n");
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        out.append("--").append(boundary).append("\r\n").append(part(depth + 1, false));
        out.append("\r\n");
      }
      out.append("--").append(boundary).append("--\r\n");
      return out.append(random.nextBoolean() ? "" : "An epilogue.\r\n").toString();
    }

    private String leaf() throws IOException {
      String[] types = {"text/plain; charset=utf-8", "text/html", "image/png", "application/pdf"};
      StringBuilder out = new StringBuilder("Content-Type: ");
      out.append(types[random.nextInt(types.length)]).append("\r\n");
      switch (random.nextInt(4)) {
        case 0 -> out.append("Content-Disposition: attachment; filename=\"a b.txt\"\r\n");
        case 1 ->
            out.append("Content-Disposition: inline;\r\n filename*0*=utf-8''na%C3%AF;\r\n")
                .append(" filename*1=\"ve.txt\"\r\n");
        default -> {}
      }
      byte[] octets = new byte[random.nextInt(300)];
      random.nextBytes(octets);
      return switch (random.nextInt(3)) {
        case 0 ->
            out
                + "Content-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(octets);
        case 1 ->
            out + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quotedPrintable(octets);
        default -> out + "Content-Transfer-Encoding: 8bit\r\n\r\n" + lines();
      };
    }

    private static String quotedPrintable(byte[] octets) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (QuotedPrintableOutputStream encoder = new QuotedPrintableOutputStream(out, true)) {
        encoder.write(octets);
      }
      return out.toString(StandardCharsets.ISO_8859_1);
    }

    private String lines() {
      StringBuilder out = new StringBuilder();
      for (int n = random.nextInt(6); n > 0; n--) {
        out.append(n).append(" caf\u00c3\u00a9 ").append("x".repeat(random.nextInt(80)));
        out.append("\r\n".repeat(1 + random.nextInt(2)));
      }
      return out.toString();
    }
  }

  /** Each leaf: where it is, its type, its file name and a hash of its decoded content. */
  private static String ours(byte[] raw) {
    List<String> out = new ArrayList<>();
    MimePart root = Parsing.run(MimeLimits.standard(), raw, 100).message().root();
    walk(root, root, List.of(), "", raw, out);
    return String.join(", ", out);
  }

  private static void walk(
      MimePart root,
      MimePart part,
      List<Integer> number,
      String path,
      byte[] raw,
      List<String> out) {
    String below = path.isEmpty() ? "" : path + ".";
    if (part.message()) {
      walk(root, part.children().getFirst(), number, below + "m", raw, out);
    } else if (part.multipart()) {
      for (int i = 0; i < part.children().size(); i++) {
        List<Integer> child = new ArrayList<>(number);
        child.add(i + 1);
        walk(root, part.children().get(i), child, below + (i + 1), raw, out);
      }
    } else {
      List<Integer> leaf = new ArrayList<>(number);
      boolean ownNumber = !path.isEmpty() && !path.endsWith("m");
      if (!ownNumber) {
        leaf.add(1); // the only part of its message
      }
      Section section = new Section(leaf, new Section.Text.Binary());
      Selection.Encoded at = (Selection.Encoded) Sections.locate(root, section).orElseThrow();
      byte[] decoded =
          Sources.read(
              TransferDecoding.decode(
                  () -> Sources.of(raw, at.start(), at.end(), 50), at.transferEncoding()));
      out.add(line(path, part.mediaType(), part.fileName(), decoded));
    }
  }

  private static String line(String path, String type, String name, byte[] octets) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(octets);
      return path + " " + type + " " + name + " " + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, byte[]> messages() throws IOException {
    Map<String, byte[]> messages = new TreeMap<>();
    for (int i = 0; i < MESSAGES; i++) {
      messages.put("m%04d".formatted(i), Parsing.octets(new Writer(i).message(0)));
    }
    return messages;
  }

  @Test
  void mime4jSeesTheSame() throws IOException {
    for (byte[] raw : messages().values()) {
      DefaultMessageBuilder builder = new DefaultMessageBuilder();
      builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
      List<String> theirs = new ArrayList<>();
      walk(builder.parseMessage(new ByteArrayInputStream(raw)), "", theirs);
      // Its file names are not decoded.
      assertThat(withoutNames(ours(raw)))
          .as(() -> new String(raw, StandardCharsets.ISO_8859_1))
          .isEqualTo(withoutNames(String.join(", ", theirs)));
    }
  }

  private static String withoutNames(String leaves) {
    return leaves.replaceAll("(?<=/)([a-z]+) [^,]* ([0-9a-f]{64})", "$1 $2");
  }

  private static void walk(Entity entity, String path, List<String> out) throws IOException {
    String below = path.isEmpty() ? "" : path + ".";
    Body body = entity.getBody();
    if (body instanceof Multipart multipart) {
      for (int i = 0; i < multipart.getBodyParts().size(); i++) {
        walk(multipart.getBodyParts().get(i), below + (i + 1), out);
      }
    } else if (body instanceof Message message) {
      walk(message, below + "m", out);
    } else {
      byte[] octets = ((SingleBody) body).getInputStream().readAllBytes();
      out.add(line(path, entity.getMimeType(), "", octets));
    }
  }

  @Test
  void pythonSeesTheSame(@TempDir Path folder) throws IOException, InterruptedException {
    Map<String, byte[]> messages = messages();
    List<String> expected = new ArrayList<>();
    Path mails = Files.createDirectory(folder.resolve("mails"));
    for (Map.Entry<String, byte[]> message : messages.entrySet()) {
      Files.write(mails.resolve(message.getKey()), message.getValue());
      expected.add(message.getKey() + " " + ours(message.getValue()));
    }
    Path output = folder.resolve("output");
    Process python;
    try {
      python =
          new ProcessBuilder("python3", "-X", "utf8", "-c", PYTHON, mails.toString())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "python3 is not installed");
      return;
    }
    assertThat(python.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<String> theirs = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertThat(theirs).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(expected.get(i)).isEqualTo(theirs.get(i));
    }
  }
}
