package net.mailagent.model;

/**
 * Where a change came from; carried in journal entries for push clients and the audit trail.
 *
 * @param protocol "imap", "lmtp", "api" or "system"
 * @param session the id of the session or request that made it, for logs; may be empty
 * @param purpose such as "delivery", "sent copy" or "filter"; may be empty
 */
public record Origin(String protocol, String session, String purpose) {}
