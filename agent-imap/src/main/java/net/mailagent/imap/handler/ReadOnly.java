package net.mailagent.imap.handler;

import net.mailagent.imap.response.Code;

/** The answer to changes in a mailbox that was opened by EXAMINE. */
final class ReadOnly {
  private ReadOnly() {}

  static Completion refusal() {
    return Completion.no(Code.READ_ONLY, "The mailbox was opened by EXAMINE");
  }
}
