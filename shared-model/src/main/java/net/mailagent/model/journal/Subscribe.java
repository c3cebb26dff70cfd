package net.mailagent.model.journal;

import java.util.Set;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;

/**
 * SUBSCRIBE and UNSUBSCRIBE (RFC 9051 sections 6.3.7 and 6.3.8). The name need not exist, and
 * asking for what is so already changes nothing.
 *
 * @param maxSubscriptions how many names a user may subscribe to
 */
public record Subscribe(MailboxPath path, boolean subscribed, int maxSubscriptions)
    implements Edit<Boolean> {
  @Override
  public Set<MailboxId> needs(UserState state) {
    return Set.of();
  }

  /** Answers whether anything changed. */
  @Override
  public Boolean decide(Draft draft) {
    Set<MailboxPath> now = draft.state().root().subscriptions();
    if (now.contains(path) == subscribed) {
      return false;
    }
    if (subscribed) {
      path.problem()
          .ifPresent(problem -> {
            throw new Refused(new Refusal.Cannot(problem));
          });
      if (now.size() >= maxSubscriptions) {
        throw new Refused(
            new Refusal.LimitReached("a user has at most " + maxSubscriptions + " subscriptions"));
      }
    }
    draft.change(new Change.Subscribed(path, subscribed));
    return true;
  }
}
