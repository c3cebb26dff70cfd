package net.mailagent.imap.handler;

import java.util.Optional;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;

/**
 * What a handler answers; the dispatcher makes the tagged reply of it.
 *
 * @param next what happens behind the reply
 */
public record Completion(Condition condition, Optional<Code> code, String text, Next next) {
  /** What happens behind the tagged reply. */
  public enum Next {
    /** The next command. */
    CONTINUE,
    /** TLS begins. */
    START_TLS,
    /** The connection ends. */
    CLOSE,
    /** No tagged reply yet: the client is in IDLE until it says DONE. */
    IDLE
  }

  public static Completion ok(String text) {
    return new Completion(Condition.OK, Optional.empty(), text, Next.CONTINUE);
  }

  public static Completion ok(Code code, String text) {
    return new Completion(Condition.OK, Optional.of(code), text, Next.CONTINUE);
  }

  public static Completion no(Code code, String text) {
    return new Completion(Condition.NO, Optional.of(code), text, Next.CONTINUE);
  }

  public static Completion bad(String text) {
    return new Completion(Condition.BAD, Optional.empty(), text, Next.CONTINUE);
  }

  /** The same answer, with something else behind it. */
  public Completion then(Next other) {
    return new Completion(condition, code, text, other);
  }
}
