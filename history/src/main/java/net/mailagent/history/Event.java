package net.mailagent.history;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One thing that a client asked, or was told. Mailboxes are named by a text that no two mailboxes
 * share, such as user and MAILBOXID; a mailbox made again under an old name is another one.
 */
public sealed interface Event {
  Span span();

  // ---- what was seen

  /**
   * A whole mailbox, read at one moment.
   *
   * @param highest HIGHESTMODSEQ as it was told with it; 0 when it was not
   * @param messages all of them, by UID
   */
  record View(Span span, String mailbox, long highest, Map<Integer, Message> messages)
      implements Event {
    public View {
      messages = Map.copyOf(messages);
    }

    /** The messages, ascending by UID. */
    public TreeMap<Integer, Message> sorted() {
      return new TreeMap<>(messages);
    }
  }

  /** One row of a {@link Resync}. */
  record Row(int uid, Message message) {}

  /**
   * FETCH CHANGEDSINCE, or SELECT QRESYNC: what has changed since the client's MODSEQ.
   *
   * @param since the MODSEQ the client held
   * @param highest HIGHESTMODSEQ with the answer
   * @param changed rows in the order they came
   * @param vanished UIDs said to be gone; RFC 7162 allows more than were there
   */
  record Resync(
      Span span, String mailbox, long since, long highest, List<Row> changed, Set<Integer> vanished)
      implements Event {
    public Resync {
      changed = List.copyOf(changed);
      vanished = Set.copyOf(vanished);
    }
  }

  /** One change in a push stream. */
  record Change(Position at, String what) {}

  /**
   * A stretch of a push stream that was read without a break.
   *
   * @param stream whose changes; one for each user
   * @param from the position it was read from (Last-Event-ID), which the changes follow
   * @param changes as they came
   */
  record Followed(Span span, String stream, Position from, List<Change> changes) implements Event {
    public Followed {
      changes = List.copyOf(changes);
    }
  }

  // ---- what an IMAP session was told, in the order of its lines

  /** A mailbox was opened; nothing is known of its messages but their number. */
  record Selected(Span span, String mailbox, int exists, long highest) implements Event {}

  record Exists(Span span, int count) implements Event {}

  /** A sequence number, from 1, is gone. */
  record Expunged(Span span, int number) implements Event {}

  record Vanished(Span span, Set<Integer> uids) implements Event {
    public Vanished {
      uids = Set.copyOf(uids);
    }
  }

  /**
   * A FETCH response with UID.
   *
   * @param number the sequence number; 0 for UIDFETCH (RFC 9586)
   */
  record Fetched(Span span, int number, int uid, Message message) implements Event {}

  /** A command has ended that may announce everything, such as NOOP. */
  record CaughtUp(Span span) implements Event {}

  // ---- what was asked for

  /**
   * A delivery. Several with one key are the same delivery, tried again.
   *
   * @param key of the delivery for one recipient; empty when nothing makes it the same as another
   * @param identity of the message
   */
  record Delivery(Span span, String key, String identity, Outcome outcome) implements Event {}

  /** APPEND of one message; the UID is 0 unless it was told. */
  record Append(Span span, String mailbox, String identity, int uid, Outcome outcome)
      implements Event {}

  /**
   * COPY or MOVE.
   *
   * @param uids asked for
   * @param placed source UID to target UID, as COPYUID told
   */
  record Copy(
      Span span,
      String from,
      Set<Integer> uids,
      String to,
      Map<Integer, Integer> placed,
      boolean moved,
      Outcome outcome)
      implements Event {
    public Copy {
      uids = Set.copyOf(uids);
      placed = Map.copyOf(placed);
    }
  }

  /** UID EXPUNGE of messages that had \Deleted. */
  record Removal(Span span, String mailbox, Set<Integer> uids, Outcome outcome) implements Event {
    public Removal {
      uids = Set.copyOf(uids);
    }
  }

  /** How STORE changes flags. */
  enum Operation {
    ADD,
    REMOVE,
    REPLACE
  }

  /**
   * STORE.
   *
   * @param uids asked for
   * @param unchangedSince the condition (RFC 7162); negative without
   * @param changed the MODSEQ told for each message it changed; a message that had these flags
   *     already is in neither
   * @param modified messages that failed the condition
   */
  record Store(
      Span span,
      String mailbox,
      Set<Integer> uids,
      Operation operation,
      Set<String> flags,
      long unchangedSince,
      Map<Integer, Long> changed,
      Set<Integer> modified,
      Outcome outcome)
      implements Event {
    public Store {
      uids = Set.copyOf(uids);
      flags = Set.copyOf(flags);
      changed = Map.copyOf(changed);
      modified = Set.copyOf(modified);
    }

    boolean isConditional() {
      return unchangedSince >= 0;
    }
  }
}
