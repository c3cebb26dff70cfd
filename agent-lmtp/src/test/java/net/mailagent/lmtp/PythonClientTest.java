package net.mailagent.lmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.UserId;
import org.junit.jupiter.api.Test;

/** A client we did not write: smtplib.LMTP, where there is a python3. */
class PythonClientTest {
  private static final String SCRIPT =
      """
      import smtplib, sys
      lmtp = smtplib.LMTP('127.0.0.1', int(sys.argv[1]))
      message = b'Subject: dots\\r\\n\\r\\n.\\r\\n..\\r\\nthe end\\r\\n'
      # one recipient each: smtplib reads one verdict only
      for user in ['joe', 'ann']:
          print(lmtp.sendmail('sender@example.org', [user + '@example.com'], message))
      try:
          lmtp.sendmail('', ['nobody@example.com'], b'x')
      except smtplib.SMTPRecipientsRefused as refused:
          print(refused.recipients['nobody@example.com'][0])
      print(lmtp.noop()[0], lmtp.vrfy('joe')[0])
      lmtp.quit()
      """;

  @Test
  void smtplibDelivers() throws Exception {
    assumeTrue(hasPython(), "no python3 here");
    try (LmtpServer server = new LmtpServer()) {
      UserId joe = server.mail.user("joe");
      UserId ann = server.mail.user("ann");
      Process python =
          new ProcessBuilder("python3", "-c", SCRIPT, Integer.toString(server.port()))
              .redirectErrorStream(true)
              .start();
      String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(python.waitFor(20, TimeUnit.SECONDS)).as(output).isTrue();
      assertThat(output.lines())
          .satisfiesExactly(
              joes -> assertThat(joes).isEqualTo("{}"),
              anns -> assertThat(anns).isEqualTo("{}"),
              nobodys -> assertThat(nobodys).isEqualTo("550"),
              others -> assertThat(others).isEqualTo("250 252"));
      assertThat(server.mail.inboxOf(joe).getFirst().content())
          .isEqualTo("Subject: dots\r\n\r\n.\r\n..\r\nthe end\r\n");
      assertThat(server.mail.inboxOf(ann)).hasSize(1);
    }
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "import smtplib").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
