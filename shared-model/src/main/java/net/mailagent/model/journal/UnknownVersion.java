package net.mailagent.model.journal;

/**
 * Something stored was written by a newer version of this program (journal.md, Versions). Whoever
 * meets it stops serving that user: nothing that is not understood is ever skipped.
 */
public final class UnknownVersion extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param what such as "journal entry"
   * @param found the version or kind that is not understood
   */
  public UnknownVersion(String what, Object found) {
    super("a newer version of mail-agent is needed: " + what + " has the unknown version " + found);
  }
}
