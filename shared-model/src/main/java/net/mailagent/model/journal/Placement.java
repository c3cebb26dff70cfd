package net.mailagent.model.journal;

import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;

/**
 * One message in one mailbox.
 *
 * @param uid in 1..2^31-1
 * @param content what was placed
 * @param flags its flags
 * @param modSeq seq of the last entry that touched it (RFC 7162); in an {@link Change.Added} 0,
 *     since the entry's own seq counts
 * @param internalDate in seconds since 1970 (RFC 9051 section 2.3.3)
 * @param saveDate when it came into this mailbox, in seconds since 1970 (RFC 8514); 0 in an {@link
 *     Change.Added}, since the entry's own time counts
 * @param size RFC822.SIZE in octets
 */
public record Placement(
    int uid,
    ContentId content,
    Flags flags,
    long modSeq,
    long internalDate,
    long saveDate,
    long size) {}
