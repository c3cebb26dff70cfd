package net.mailagent.history;

import java.util.Set;

/**
 * One message as somebody was shown it.
 *
 * @param identity what tells it from all others, such as its Message-ID; empty when not asked for
 * @param flags all its flags
 * @param modSeq its MODSEQ (RFC 7162); 0 when not asked for
 */
public record Message(String identity, Set<String> flags, long modSeq) {
  public Message {
    flags = Set.copyOf(flags);
  }
}
