package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import org.jspecify.annotations.Nullable;

/**
 * Places new messages in a mailbox, all or none: a delivery or an APPEND. Quota is decided here, on
 * the exact sum.
 *
 * @param mailbox where to, or null for INBOX
 * @param messages in the order of their uids-to-be
 * @param key deduplication key of a delivery, or null
 */
public record AddMessages(@Nullable MailboxId mailbox, List<Message> messages, @Nullable String key)
    implements Edit<AddMessages.Result> {
  /** How old a content may be when it is placed. */
  private static final long CONTENT_AGE_SECONDS = 3600;

  /**
   * A message to place.
   *
   * @param internalDate in seconds since 1970
   * @param size in octets
   */
  public record Message(ContentId content, Flags flags, long internalDate, long size) {}

  /**
   * @param uidValidity of the mailbox
   * @param uids given, ascending, one for each message; empty when repeated
   * @param repeated whether a delivery with the same key was made before: nothing was added
   */
  public record Result(MailboxId mailbox, int uidValidity, UidSet uids, boolean repeated) {}

  public AddMessages {
    messages = List.copyOf(messages);
  }

  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  @Override
  public Result decide(Draft draft) {
    UserState state = draft.state();
    Optional<MailboxState> found =
        mailbox == null ? state.mailbox(MailboxPath.INBOX) : state.mailbox(mailbox);
    MailboxState target =
        found.orElseThrow(() ->
            new Refused(new Refusal.NoSuchMailbox(mailbox == null ? "INBOX" : mailbox.hex())));
    if (key != null && state.deliveryKeys().contains(key)) {
      return new Result(target.id(), target.uidValidity(), UidSet.EMPTY, true);
    }
    for (Message message : messages) {
      requireFresh(message.content(), draft.at());
      message.flags().requireBounded();
    }
    long octets = 0;
    int uid = target.counters().uidNext();
    List<Placement> rows = new ArrayList<>(messages.size());
    for (Message message : messages) {
      octets += message.size();
      rows.add(
          new Placement(
              uid++,
              message.content(),
              message.flags(),
              0,
              message.internalDate(),
              0,
              message.size()));
    }
    Quota.require(state, octets);
    Uids.requireRoom(target, rows.size());
    if (!rows.isEmpty()) {
      draft.change(new Change.Added(target.id(), rows, null, false));
      if (key != null) {
        draft.change(new Change.Delivered(key, state.root().keyCount()));
      }
    }
    return new Result(
        target.id(),
        target.uidValidity(),
        UidSet.range(target.counters().uidNext(), uid - 1),
        false);
  }

  /**
   * Content is written within the hour before its entry, or the sweeper may take it for an orphan
   * (journal.md 1): a node that slept in between must not place it.
   */
  private static void requireFresh(ContentId content, long at) {
    if (at / 1000 - content.seconds() > CONTENT_AGE_SECONDS) {
      throw new StoreUnavailable("the content was written too long ago");
    }
  }
}
