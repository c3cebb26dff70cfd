package net.mailagent.model.port;

import java.util.List;
import java.util.Map;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;

/**
 * A user to be made.
 *
 * @param username as given; compared without case
 * @param address the main address, in the form that is compared (lower case)
 * @param moreAddresses further addresses that deliver to the user
 * @param passwordHash in PHC string form
 * @param name for people; may be empty
 * @param language such as "en"; may be empty
 * @param quota in octets; 0 means no limit
 * @param mailboxes the special-use mailboxes to make beside INBOX
 */
public record NewAccount(
    String username,
    String address,
    List<String> moreAddresses,
    String passwordHash,
    String name,
    String language,
    long quota,
    Map<SpecialUse, MailboxPath> mailboxes) {
  public NewAccount {
    moreAddresses = List.copyOf(moreAddresses);
    mailboxes = Map.copyOf(mailboxes);
  }
}
