package net.mailagent.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;

/**
 * Some events on their way out, and what must be looked up to tell them: names and special uses of
 * mailboxes, flags as they are now, threads. One window is looked up and sent as a whole, so
 * however many events there are, each look-up is made once for all of them. One thread.
 */
final class PushWindow {
  /** An event with its place. */
  record Numbered(EventId id, JournalEntry entry, PushEvent event) {}

  private final List<Numbered> events = new ArrayList<>();

  void add(Numbered event) {
    events.add(event);
  }

  int size() {
    return events.size();
  }

  List<Numbered> events() {
    return List.copyOf(events);
  }

  /** The mailboxes whose placements are needed: of events that name a message by its uid only. */
  Set<MailboxId> needsPlacements() {
    Set<MailboxId> mailboxes = new HashSet<>();
    for (Numbered numbered : events) {
      switch (numbered.event()) {
        case PushEvent.Fetch e -> mailboxes.add(e.mailbox());
        case PushEvent.Expunge e -> mailboxes.add(e.mailbox());
        case PushEvent.Exists e -> {}
        case PushEvent.Moved e -> {}
        case PushEvent.Count e -> {}
        case PushEvent.MailboxCreated e -> {}
        case PushEvent.MailboxRenamed e -> {}
        case PushEvent.MailboxDeleted e -> {}
        case PushEvent.Subscribed e -> {}
        case PushEvent.Quota e -> {}
        case PushEvent.Closed e -> {}
      }
    }
    return mailboxes;
  }

  /** The contents whose threads are needed. */
  Collection<ContentId> needsThreads(UserState state) {
    Set<ContentId> contents = new LinkedHashSet<>();
    for (Numbered numbered : events) {
      switch (numbered.event()) {
        case PushEvent.Exists e -> contents.add(e.message().content());
        case PushEvent.Moved e -> contents.add(e.message().content());
        case PushEvent.Fetch e ->
            everPlaced(state, e.mailbox(), e.uid()).ifPresent(p -> contents.add(p.content()));
        case PushEvent.Expunge e ->
            everPlaced(state, e.mailbox(), e.uid()).ifPresent(p -> contents.add(p.content()));
        case PushEvent.Count e -> {}
        case PushEvent.MailboxCreated e -> {}
        case PushEvent.MailboxRenamed e -> {}
        case PushEvent.MailboxDeleted e -> {}
        case PushEvent.Subscribed e -> {}
        case PushEvent.Quota e -> {}
        case PushEvent.Closed e -> {}
      }
    }
    return contents;
  }

  /**
   * The octets of all events as a text/event-stream has them.
   *
   * @param state at or after the last entry, with {@link #needsPlacements}
   * @param threads by content; one that is missing is left out
   */
  byte[] render(UserState state, Map<ContentId, String> threads) {
    StringBuilder text = new StringBuilder();
    for (Numbered numbered : events) {
      text.append("id: ")
          .append(numbered.id())
          .append("\ndata: ")
          .append(data(numbered, state, threads)) // one line: JSON escapes line ends
          .append("\n\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode data(
      Numbered numbered, UserState state, Map<ContentId, String> threads) {
    ObjectNode data = Json.object();
    switch (numbered.event()) {
      case PushEvent.Exists e -> {
        data.put("command", "EXISTS");
        mailbox(data, e.mailbox(), state);
        message(data, e.message(), threads);
        if (e.from() != null) {
          data.put(e.moved() ? "movedFrom" : "copiedFrom", e.from().hex());
        }
      }
      case PushEvent.Moved e -> {
        data.put("command", "MOVED");
        mailbox(data, e.mailbox(), state);
        data.put("from", e.from().hex());
        state.mailbox(e.from()).ifPresent(m -> uses(data, "fromSpecialUse", m.uses()));
        message(data, e.message(), threads);
      }
      case PushEvent.Fetch e -> {
        data.put("command", "FETCH");
        mailbox(data, e.mailbox(), state);
        fetched(data, e, state, threads);
      }
      case PushEvent.Expunge e -> {
        data.put("command", "EXPUNGE");
        mailbox(data, e.mailbox(), state);
        data.put("uid", e.uid());
        named(data, e.mailbox(), e.uid(), state, threads);
        if (e.movedTo() != null) {
          data.put("movedTo", e.movedTo().hex());
        }
      }
      case PushEvent.Count e -> {
        data.put("command", "COUNTERS");
        mailbox(data, e.mailbox(), state);
        data.put("total", e.counters().messages()).put("unseen", e.counters().unseen());
      }
      case PushEvent.MailboxCreated e -> {
        data.put("command", "MAILBOX_CREATED").put("mailbox", e.mailbox().hex());
        data.put("path", e.path().value());
        uses(data, "specialUse", e.uses());
      }
      case PushEvent.MailboxRenamed e -> {
        data.put("command", "MAILBOX_RENAMED").put("mailbox", e.mailbox().hex());
        data.put("from", e.from().value()).put("path", e.to().value());
      }
      case PushEvent.MailboxDeleted e ->
          data.put("command", "MAILBOX_DELETED")
              .put("mailbox", e.mailbox().hex())
              .put("path", e.path().value());
      case PushEvent.Subscribed e ->
          data.put("command", e.subscribed() ? "MAILBOX_SUBSCRIBED" : "MAILBOX_UNSUBSCRIBED")
              .put("path", e.path().value());
      case PushEvent.Quota e ->
          data.put("command", "QUOTA").put("allowed", e.limit()).put("used", e.used());
      case PushEvent.Closed e -> data.put("command", "CLOSED");
    }
    Origin origin = numbered.entry().origin();
    data.put("origin", origin.protocol());
    if (!origin.purpose().isEmpty()) {
      data.put("purpose", origin.purpose());
    }
    data.put("at", Instant.ofEpochMilli(numbered.entry().at()).toString());
    return data;
  }

  private static void mailbox(ObjectNode data, MailboxId id, UserState state) {
    data.put("mailbox", id.hex());
    Optional<MailboxState> mailbox = state.mailbox(id);
    if (mailbox.isPresent()) {
      data.put("path", mailbox.get().path().value());
      uses(data, "specialUse", mailbox.get().uses());
    }
  }

  private static void uses(ObjectNode data, String field, Set<SpecialUse> uses) {
    uses.stream().sorted().findFirst().ifPresent(use -> data.put(field, use.attribute()));
  }

  private static void message(ObjectNode data, Placement message, Map<ContentId, String> threads) {
    data.put("message", message.content().hex()).put("uid", message.uid());
    thread(data, message.content(), threads);
    flags(data, "flags", message.flags());
    data.put("unseen", !message.flags().seen());
    data.put("idate", Instant.ofEpochSecond(message.internalDate()).toString());
    data.put("size", message.size());
  }

  /** The change as it was, and the flags as they are now: never older than the change. */
  private static void fetched(
      ObjectNode data, PushEvent.Fetch event, UserState state, Map<ContentId, String> threads) {
    data.put("uid", event.uid());
    data.put("operation", event.operation().name().toLowerCase(Locale.ROOT));
    flags(data, "changed", event.flags());
    named(data, event.mailbox(), event.uid(), state, threads)
        .ifPresent(message -> {
          flags(data, "flags", message.flags());
          data.put("unseen", !message.flags().seen());
        });
  }

  /** Says which message and thread a uid is or was; nothing when that is not known any more. */
  private static Optional<Placement> named(
      ObjectNode data,
      MailboxId mailbox,
      int uid,
      UserState state,
      Map<ContentId, String> threads) {
    Optional<Placement> found = everPlaced(state, mailbox, uid);
    found.ifPresent(message -> {
      data.put("message", message.content().hex());
      thread(data, message.content(), threads);
    });
    return found;
  }

  private static void thread(ObjectNode data, ContentId content, Map<ContentId, String> threads) {
    String thread = threads.get(content);
    if (thread != null) {
      data.put("thread", thread);
    }
  }

  private static void flags(ObjectNode data, String field, net.mailagent.model.Flags flags) {
    ArrayNode names = data.putArray(field);
    flags.names().forEach(names::add);
  }

  /** The message of that uid, as it is or as it was last. */
  private static Optional<Placement> everPlaced(UserState state, MailboxId mailbox, int uid) {
    return state
        .mailbox(mailbox)
        .filter(MailboxState::isLoaded)
        .map(MailboxState::messages)
        .map(messages -> {
          Placement here = messages.byUid(uid);
          return here != null ? here : messages.expungedByUid(uid);
        });
  }

  /** An empty map to collect threads in. */
  Map<ContentId, String> threads() {
    return new HashMap<>(2 * events.size());
  }
}
