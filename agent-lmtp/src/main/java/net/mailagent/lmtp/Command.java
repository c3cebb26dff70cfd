package net.mailagent.lmtp;

import net.mailagent.model.EmailAddress;
import org.jspecify.annotations.Nullable;

/** A command of a client (RFC 2033, RFC 5321), parsed by {@link CommandParser}. */
sealed interface Command {
  /**
   * LHLO (RFC 2033 section 4.1).
   *
   * @param name what the client calls itself
   */
  record Lhlo(String name) implements Command {}

  /** HELO or EHLO: an SMTP client came to the wrong port. */
  record Helo(String verb) implements Command {}

  /**
   * MAIL FROM.
   *
   * @param sender null for the null reverse-path {@code <>}
   * @param size what SIZE (RFC 1870) announced, in octets; 0 when it was not given
   * @param utf8 whether SMTPUTF8 (RFC 6531) was asked for
   */
  record Mail(@Nullable EmailAddress sender, long size, boolean utf8) implements Command {}

  /** RCPT TO; the parameters of RFC 3461 were checked and have no effect here. */
  record Rcpt(ForwardPath recipient) implements Command {}

  record Data() implements Command {}

  record Rset() implements Command {}

  record Noop() implements Command {}

  record Vrfy(String text) implements Command {}

  record Help() implements Command {}

  record Quit() implements Command {}

  record StartTls() implements Command {}

  /** XFORWARD: what a trusted relay tells about where it got the message from. */
  record Xforward(Forwarded attributes) implements Command {}
}
