package net.mailagent.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The text of messages as clients search and see it, through the whole agent: charsets, transfer
 * encodings, HTML, names of attachments, embedded messages, previews, threads.
 */
class TextTest {
  @TempDir private static Path folder;
  private static Node node;
  private static User user;
  private static Imap imap;

  @BeforeAll
  static void start() throws Exception {
    node = Node.start(folder);
    user = node.newUser();
    imap = Imap.login(node.imap(), user);
    imap.run("SELECT INBOX");
  }

  @AfterAll
  static void stop() throws Exception {
    imap.close();
    node.close();
  }

  private static long append(String message) throws IOException {
    return append(message.getBytes(UTF_8));
  }

  private static long append(byte[] message) throws IOException {
    String text = new String(message, ISO_8859_1).replace("\n", "\r\n");
    return imap.append("INBOX", text.getBytes(ISO_8859_1));
  }

  /** Whether SEARCH finds a message by that key and text. */
  private static boolean finds(long uid, String key, String text) throws IOException {
    String raw = new String(text.getBytes(UTF_8), ISO_8859_1);
    String found =
        imap.run("UID SEARCH CHARSET UTF-8 UID " + uid + " " + key + " \"" + raw + "\"")
            .lines()
            .getFirst();
    assertThat(found).isIn("* SEARCH", "* SEARCH " + uid);
    return found.endsWith(" " + uid);
  }

  private static String preview(long uid) throws IOException {
    return imap.fetch(Long.toString(uid), "PREVIEW").getFirst().preview;
  }

  @Test
  void charsets() throws IOException {
    String words = "\u65e5\u672c\u8a9e \u30c6\u30b9\u30c8";
    for (String name : new String[] {"iso-2022-jp", "shift_jis", "euc-jp", "utf-16", "gb18030"}) {
      String body = Base64.getMimeEncoder().encodeToString(words.getBytes(Charset.forName(name)));
      long uid =
          append(
              "Subject: x\nContent-Type: text/plain; charset="
                  + name
                  + "\nContent-Transfer-Encoding: base64\n\n"
                  + body);
      assertThat(finds(uid, "BODY", "\u672c\u8a9e \u30c6\u30b9")).as(name).isTrue();
      assertThat(finds(uid, "TEXT", "\u672c\u8a9e\u672c")).as(name).isFalse();
      assertThat(preview(uid)).isEqualTo(words);
    }
    long unknown = append("Content-Type: text/plain; charset=x-nobody\n\ncaf\u00e9 noir\n");
    assertThat(finds(unknown, "BODY", "CAF\u00c9 NOIR")).isTrue();
    byte[] windows = "Content-Type: text/plain\n\n\u0093caf\u00e9\u0094\n".getBytes(ISO_8859_1);
    long unlabelled = append(windows);
    assertThat(finds(unlabelled, "BODY", "\u201ccaf\u00e9\u201d")).isTrue();
    assertThat(preview(unlabelled)).isEqualTo("\u201ccaf\u00e9\u201d");
  }

  @Test
  void htmlAndAttachmentsAndEmbeddedMessages() throws IOException {
    long uid =
        append(
            """
            Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IGF1cw==?= Wien
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <html><head><title>titled</title><style>p {hid: den}</style></head>
            <p>some<b>body</b> w=C3=A4re&nbsp;hier</p><blockquote>quoted words</blockquote>
            --b
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*0*=utf-8''%C3%9Cber; filename*1="sicht.pdf"

            notsearched
            --b
            Content-Type: message/rfc822

            Subject: =?utf-8?Q?innerm=C3=B6st?=
            From: "Deep Sender" <deep@example.org>

            embedded text
            --b--
            """);
    for (String text :
        new String[] {
          "somebody",
          "W\u00c4RE HIER",
          "titled",
          "quoted words",
          "\u00fcbersicht.pdf",
          "innerm\u00f6st",
          "deep@example",
          "embedded text"
        }) {
      assertThat(finds(uid, "BODY", text)).as(text).isTrue();
    }
    for (String text : new String[] {"hid", "notsearched", "<p>", "Gr\u00fc\u00dfe"}) {
      assertThat(finds(uid, "BODY", text)).as(text).isFalse();
    }
    assertThat(finds(uid, "SUBJECT", "gr\u00fc\u00dfe aus wien")).isTrue();
    assertThat(finds(uid, "TEXT", "gr\u00fc\u00dfe aus")).isTrue();
    assertThat(finds(uid, "SUBJECT", "innerm\u00f6st")).isFalse();
    assertThat(preview(uid)).isEqualTo("somebody w\u00e4re hier");
  }

  @Test
  void previewsLeaveOutWhatIsQuoted() throws IOException {
    long uid =
        append(
            "Content-Type: text/plain; charset=utf-8\n\n"
                + "On 1 Jan 2026 Bob wrote:\n> old news\n\nNew n\u00e9ws "
                + "\ud83d\ude00 ".repeat(300));
    assertThat(preview(uid)).startsWith("New n\u00e9ws \ud83d\ude00 \ud83d\ude00");
    assertThat(preview(uid).codePointCount(0, preview(uid).length())).isBetween(198, 200);
    assertThat(finds(uid, "BODY", "old news")).isTrue();
  }

  @Test
  void conversationsHaveOneThread() throws IOException {
    long first = append("Message-ID: <one@x>\nSubject: talk\n\na");
    long reply = append("Message-ID: <two@x>\nIn-Reply-To: <one@x>\nSubject: Re: talk\n\nb");
    long later =
        append("Message-ID: <three@x>\nReferences: <one@x>\n <two@x>\nSubject: Re: talk\n\nc");
    long bare = append("Message-ID: <five@x>\nIn-Reply-To: <two@x>\nSubject: AW: talk\n\ne");
    long other = append("Message-ID: <four@x>\nSubject: talk\n\nd");
    String thread = imap.fetch(Long.toString(first), "THREADID").getFirst().threadId;
    assertThat(imap.run("UID SEARCH THREADID " + thread).lines())
        .containsExactly("* SEARCH " + first + " " + reply + " " + later + " " + bare);
    Fetched alone = imap.fetch(Long.toString(other), "(EMAILID THREADID)").getFirst();
    assertThat(alone.threadId).isNotEqualTo(thread);
    imap.run("CREATE Copies");
    imap.run("UID COPY " + other + " Copies");
    imap.run("SELECT Copies");
    assertThat(imap.fetch("1", "(EMAILID THREADID)").getFirst().emailId).isEqualTo(alone.emailId);
    imap.run("SELECT INBOX");
  }
}
