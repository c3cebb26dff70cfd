package net.mailagent.model.port;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import org.jspecify.annotations.Nullable;

/** Message contents: how they come in, and how they are read. */
public interface Messages {
  /** A message on its way in: parsed, hashed and uploaded as its bytes arrive. One thread. */
  interface Intake extends AutoCloseable {
    /**
     * Takes all remaining bytes; blocks while the store is slower than the sender.
     *
     * @throws net.mailagent.model.Refused TooBig past the limit it was opened with
     */
    void write(ByteBuffer bytes);

    /** The end of the message. What was received can be placed any number of times. */
    Received finish();

    /** Gives up unless finished; nothing of the message stays visible. */
    @Override
    void close();
  }

  /** A message that was received whole and is not in any mailbox yet. */
  interface Received {
    /** Its octets, without any trace header. */
    long size();
  }

  /**
   * One recipient of a delivery.
   *
   * @param trace header fields that go in front of the message, each ended by CRLF
   * @param key deduplication key, or null if the sender gave no queue id
   */
  @SuppressWarnings("ArrayRecordComponent") // octets that are passed on, never compared
  record Delivery(UserId user, byte[] trace, @Nullable String key) {}

  /** What became of one delivery. */
  sealed interface Verdict {
    /** It is in INBOX, committed; or a delivery with the same key was before. */
    record Delivered(ContentId content, boolean repeated) implements Verdict {}

    /** It is refused for good or, by its kind, for now. */
    record NotDelivered(Refusal refusal) implements Verdict {}

    /** The store could not settle it: a temporary failure, the sender shall try again. */
    record Failed(String reason) implements Verdict {}
  }

  /** One message of an APPEND. */
  record Appended(Received message, Flags flags, long internalDate) {}

  /**
   * Where APPEND put messages (RFC 4315 APPENDUID), in the order given.
   *
   * @param uids as many as messages
   */
  record Placed(int uidValidity, UidSet uids, long seq) {}

  /** A message to be received, of at most {@code limit} octets. */
  Intake receive(long limit);

  /** Places one message in the INBOX of each recipient: one verdict each, in order. */
  List<Verdict> deliver(Received message, List<Delivery> deliveries, Origin origin);

  /**
   * Places messages in a mailbox, all or none (RFC 3502).
   *
   * @throws net.mailagent.model.Refused NoSuchMailbox or OverQuota
   */
  Placed append(UserId user, MailboxId mailbox, List<Appended> messages, Origin origin);

  /** Which stored fields of a content are wanted; only those are read. */
  enum Field {
    ENVELOPE,
    /** BODY and BODYSTRUCTURE. */
    STRUCTURE,
    PREVIEW,
    /** What {@link StoredMessage#open} needs. */
    CONTENT
  }

  /**
   * Reads contents in batches and hands each to {@code each}, in the order of {@code ids}, as it
   * comes; an id whose content is gone is left out. At most some batches are in memory.
   */
  void read(
      UserId user,
      Collection<ContentId> ids,
      Collection<Field> fields,
      Consumer<StoredMessage> each);
}
