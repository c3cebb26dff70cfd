package net.mailagent.runtime.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the messages of SASL mechanisms. Pure; any thread. */
public final class Sasl {
  private Sasl() {}

  /**
   * What PLAIN carries (RFC 4616).
   *
   * @param authorizationId whom to act as, empty for the one who logs in
   * @param login who logs in
   * @param password the password; never log it
   */
  public record Plain(String authorizationId, String login, String password) {
    @Override
    public String toString() {
      return "Plain[login=" + login + "]";
    }
  }

  /** A message that breaks its mechanism's grammar; the text may be shown to the client. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Reads a PLAIN message: {@code [authzid] NUL authcid NUL passwd}, UTF-8, none but the first
   * empty (RFC 4616 section 2).
   */
  public static Plain plain(byte[] response) throws Malformed {
    int first = indexOfNul(response, 0);
    int second = first < 0 ? -1 : indexOfNul(response, first + 1);
    if (second < 0) {
      throw new Malformed("PLAIN needs two NUL characters");
    }
    if (indexOfNul(response, second + 1) >= 0) {
      throw new Malformed("PLAIN has more than two NUL characters");
    }
    String login = utf8(response, first + 1, second);
    String password = utf8(response, second + 1, response.length);
    if (login.isEmpty()) {
      throw new Malformed("PLAIN has an empty login");
    }
    if (password.isEmpty()) {
      throw new Malformed("PLAIN has an empty password");
    }
    return new Plain(utf8(response, 0, first), login, password);
  }

  private static int indexOfNul(byte[] octets, int from) {
    for (int i = from; i < octets.length; i++) {
      if (octets[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  private static String utf8(byte[] octets, int from, int to) throws Malformed {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(Arrays.copyOfRange(octets, from, to)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("PLAIN is not UTF-8");
    }
  }
}
