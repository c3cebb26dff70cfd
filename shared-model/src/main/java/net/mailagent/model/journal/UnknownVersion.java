package net.mailagent.model.journal;

/**
 * Something stored was written by another version of this program (journal.md, Versions). Whoever
 * meets it stops serving that user: nothing that is not understood is ever skipped.
 */
public final class UnknownVersion extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param what such as "journal entry"
   * @param found the version or kind that is not understood
   */
  public UnknownVersion(String what, Object found) {
    this("a newer version of mail-agent is needed: " + what + " has the unknown version " + found);
  }

  private UnknownVersion(String message) {
    super(message);
  }

  /** What an older version wrote, and cannot be made anew from the journal. */
  public static UnknownVersion tooOld(String what) {
    return new UnknownVersion(what + " was written by an older version of mail-agent");
  }
}
