package net.mailagent.lmtp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.model.EmailAddress;
import net.mailagent.model.UserId;
import org.jspecify.annotations.Nullable;

/**
 * One mail transaction: from MAIL to the verdicts. The connection's runner only.
 *
 * <p>Invariant: {@link #recipients} are the accepted RCPTs in order, one verdict is due for each;
 * {@link #byUser} are the deliveries, one for each user however many of its addresses were given.
 */
final class Transaction {
  /** An accepted RCPT. */
  record Recipient(ForwardPath path, UserId user) {}

  private final String id;
  private final @Nullable EmailAddress sender;
  private final boolean utf8;
  private final List<Recipient> recipients = new ArrayList<>();
  private final Map<UserId, ForwardPath> byUser = new LinkedHashMap<>();

  Transaction(String id, @Nullable EmailAddress sender, boolean utf8) {
    this.id = id;
    this.sender = sender;
    this.utf8 = utf8;
  }

  /** Unique on this node while it runs; stands in Received and in the log. */
  String id() {
    return id;
  }

  @Nullable EmailAddress sender() {
    return sender;
  }

  /** Whether addresses beyond ASCII may be said (RFC 6531). */
  boolean utf8() {
    return utf8;
  }

  void accept(ForwardPath path, UserId user) {
    recipients.add(new Recipient(path, user));
    byUser.putIfAbsent(user, path);
  }

  List<Recipient> recipients() {
    return Collections.unmodifiableList(recipients);
  }

  /** Each user once, with the first of its addresses that was given. */
  Map<UserId, ForwardPath> byUser() {
    return Collections.unmodifiableMap(byUser);
  }
}
