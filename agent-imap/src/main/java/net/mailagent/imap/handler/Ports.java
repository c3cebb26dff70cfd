package net.mailagent.imap.handler;

import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.Search;
import net.mailagent.runtime.auth.Authenticator;

/** What IMAP sessions work with; shared by all of a node. Any thread. */
public record Ports(
    Authenticator authenticator,
    Mailboxes mailboxes,
    Messages messages,
    Search search,
    Changes changes) {}
