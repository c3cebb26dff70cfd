package net.mailagent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.mailagent.api.ApiServer.Reply;
import net.mailagent.model.UserId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages within JSON: which are text and which base64. */
class RawMessageTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ApiServer server = new ApiServer();
  private UserId user;
  private String drafts;

  @BeforeEach
  void makeUser() throws Exception {
    user = server.user("writer");
    drafts = "/users/" + user.hex() + "/mailboxes/drafts/messages";
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private byte[] message(int uid) throws IOException, InterruptedException {
    return server.octets(server.request(drafts + "/" + uid + "/message.eml")).body();
  }

  /** Lengths that leave 0, 1 and 2 octets for the last digits, so that all padding is seen. */
  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302})
  void base64MayBeWrappedAndUnpadded(int length) throws Exception {
    byte[] message = new byte[length];
    new Random(length).nextBytes(message);
    String plain = Base64.getEncoder().encodeToString(message);
    String unpadded = Base64.getEncoder().withoutPadding().encodeToString(message);
    String wrapped = Base64.getMimeEncoder().encodeToString(message);
    String narrow = Base64.getMimeEncoder(4, new byte[] {'\n'}).encodeToString(message);
    List<String> forms =
        List.of(
            plain,
            plain + "\n",
            unpadded,
            unpadded + "\r\n\r\n",
            wrapped + "\r\n",
            wrapped.replace("\r\n", " \t\r\n") + "  ",
            narrow,
            narrow.replace("=", "\n=") + '\n');
    for (int i = 0; i < forms.size(); i++) {
      String json = MAPPER.createObjectNode().put("raw", forms.get(i)).toString();
      assertThat(server.post(drafts, json).status()).as(json).isEqualTo(200);
      assertThat(message(i + 1)).as(json).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"QUJDR", "QUJD\\nR", "QUJDRA=", "QUJD=", "QUJDRA==QUJD", "QUJDRA==="})
  void whatOnlyLooksLikeBase64IsRefused(String raw) throws Exception {
    Reply reply = server.post(drafts, "{\"raw\":\"" + raw + "\"}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail("raw")).contains("base64");
    assertThat(server.mail.mailbox(user, "Drafts").counters().messages()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"A:b\r\n\r\nQUJD", "QUJD QUJD", " QUJD", "QUJD\n QUJD", "\r\n", "QUJ\u0044\u00e4"})
  void anyOtherRawIsText(String raw) throws Exception {
    String json = MAPPER.createObjectNode().put("raw", raw).toString();
    assertThat(server.post(drafts, json).status()).isEqualTo(200);
    assertThat(message(1)).isEqualTo(raw.getBytes(UTF_8));
  }
}
