package net.mailagent.imap.handler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.mailagent.imap.command.ListMailboxes;
import net.mailagent.imap.response.Response;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.journal.MailboxState;

/**
 * LIST (RFC 3501 section 6.3.8) with the attributes of CHILDREN (RFC 3348) and SPECIAL-USE (RFC
 * 6154). Levels that have mailboxes below them but are none themselves are shown as \Noselect.
 */
public final class ListHandler {
  private ListHandler() {}

  public static Completion handle(Session session, ListMailboxes command) {
    if (command.pattern().isEmpty()) {
      session.send(new Response.Root("LIST"));
      return Completion.ok("LIST completed");
    }
    Pattern pattern = pattern(session, command.reference(), command.pattern());
    Map<MailboxPath, Optional<MailboxState>> names = new TreeMap<>();
    Set<MailboxPath> parents = new HashSet<>();
    for (MailboxState mailbox : session.state().mailboxes()) {
      names.put(mailbox.path(), Optional.of(mailbox));
      Optional<MailboxPath> parent = mailbox.path().parent();
      while (parent.isPresent() && parents.add(parent.get())) {
        parent = parent.get().parent();
      }
    }
    parents.forEach(parent -> names.putIfAbsent(parent, Optional.empty()));
    names.forEach((path, mailbox) -> {
      if (pattern.matches(path)) {
        List<String> attributes = attributes(mailbox, parents.contains(path));
        session.send(new Response.Listed("LIST", attributes, path.value()));
      }
    });
    return Completion.ok("LIST completed");
  }

  private static List<String> attributes(Optional<MailboxState> mailbox, boolean hasChildren) {
    List<String> attributes = new ArrayList<>();
    if (mailbox.isEmpty()) {
      attributes.add("\\Noselect");
    }
    attributes.add(hasChildren ? "\\HasChildren" : "\\HasNoChildren");
    mailbox.ifPresent(known ->
        known.uses().stream().sorted().map(SpecialUse::attribute).forEach(attributes::add));
    return attributes;
  }

  /** The pattern that a reference and a name make together. */
  static Pattern pattern(Session session, String reference, String name) {
    String text = reference + name;
    int limit = session.limits().pattern();
    if (text.length() > limit) {
      throw new Refused(new Refusal.LimitReached("a pattern has at most " + limit + " characters"));
    }
    boolean separatorAtEnd = text.length() > 1 && text.endsWith("/");
    return new Pattern(separatorAtEnd ? text.substring(0, text.length() - 1) : text);
  }
}
