package net.mailagent.model.port;

import java.util.List;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.JournalEntry;

/** The journal as readers follow it: IDLE, push streams, web hooks. */
public interface Changes {
  /** A subscription; closing it twice is no error. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Entries asked for were trimmed: the reader must begin anew from the present state. */
  final class Trimmed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Trimmed(UserId user, long seq) {
      super("the journal of " + user + " does not reach back to " + seq, null, false, false);
    }
  }

  /**
   * Asks to be woken when the journal of that user may have grown. A wake-up carries no facts; it
   * may come late, doubled or for nothing, on any thread, and must return at once. Subscribe first,
   * then catch up: what is committed after the return is announced.
   */
  Subscription subscribe(UserId user, Runnable wake);

  /**
   * The entries after {@code seq}, dense and ascending, at most {@code limit}; empty when there are
   * none.
   *
   * @throws Trimmed when some of them are gone
   */
  List<JournalEntry> since(UserId user, long seq, int limit);
}
