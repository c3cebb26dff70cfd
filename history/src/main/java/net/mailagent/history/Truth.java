package net.mailagent.history;

import java.util.List;
import java.util.Map;

/**
 * What the store holds when all is over, read without any of the clients and nodes that made the
 * history.
 *
 * @param quietSince from when on nothing changed any more, on the clients' clock: who looked later
 *     must have seen exactly this
 * @param mailboxes every mailbox that exists, with HIGHESTMODSEQ
 * @param streams the changes of each stream from its beginning, as far as they are still known; a
 *     stream that is not here is only compared among its readers
 */
public record Truth(
    long quietSince, Map<String, Mailbox> mailboxes, Map<String, List<Event.Change>> streams) {
  /** A mailbox at the end. */
  public record Mailbox(long highest, Map<Integer, Message> messages) {
    public Mailbox {
      messages = Map.copyOf(messages);
    }
  }

  public Truth {
    mailboxes = Map.copyOf(mailboxes);
    streams = Map.copyOf(streams);
  }
}
