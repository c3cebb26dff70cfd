package net.mailagent.imap.handler;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.mailagent.imap.command.Authenticate;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.runtime.auth.Sasl;

/** AUTHENTICATE PLAIN (RFC 4616), with or without an initial response (RFC 4959). */
public final class AuthenticateHandler {
  private AuthenticateHandler() {}

  public static Completion handle(Session session, Authenticate command, Parser parser)
      throws SyntaxError {
    if (!command.mechanism().equals("PLAIN")) {
      return Completion.no(Code.CANNOT, "Unknown mechanism; there is PLAIN");
    }
    if (!session.mayLogIn()) {
      return Logins.privacyRequired();
    }
    String response =
        command.initialResponse().isPresent()
            ? command.initialResponse().get()
            : new String(parser.ask(""), StandardCharsets.ISO_8859_1);
    if (response.equals("*")) {
      throw new SyntaxError("AUTHENTICATE was cancelled");
    }
    try {
      Sasl.Plain plain =
          Sasl.plain(Base64.getDecoder().decode(response.equals("=") ? "" : response));
      if (!plain.authorizationId().isEmpty()
          && !plain.authorizationId().equalsIgnoreCase(plain.login())) {
        return Completion.no(Code.AUTHORIZATIONFAILED, "Nobody can act for another user");
      }
      return Logins.check(session, plain.login(), plain.password());
    } catch (IllegalArgumentException e) {
      throw new SyntaxError("the response is not base64");
    } catch (Sasl.Malformed e) {
      throw new SyntaxError(String.valueOf(e.getMessage()));
    }
  }
}
