package net.mailagent.imap;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import net.mailagent.mime.HeaderField;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.port.Search;
import net.mailagent.model.search.SearchKey;

/** SEARCH by looking at every message. Any thread. */
final class InMemorySearch implements Search {
  private final InMemoryMessages messages;

  InMemorySearch(InMemoryMessages messages) {
    this.messages = messages;
  }

  @Override
  public UidSet search(UserId user, MailboxState mailbox, SearchKey key) {
    UidSet.Builder found = new UidSet.Builder();
    for (int i = 0; i < mailbox.messages().size(); i++) {
      Placement row = mailbox.messages().at(i);
      if (fits(row, key)) {
        found.add(row.uid());
      }
    }
    return found.build();
  }

  private boolean fits(Placement row, SearchKey key) {
    long now = System.currentTimeMillis() / 1000;
    return switch (key) {
      case SearchKey.All k -> true;
      case SearchKey.And k -> k.keys().stream().allMatch(each -> fits(row, each));
      case SearchKey.Or k -> fits(row, k.left()) || fits(row, k.right());
      case SearchKey.Not k -> !fits(row, k.key());
      case SearchKey.Uids k -> k.uids().contains(row.uid());
      case SearchKey.HasFlag k -> row.flags().contains(k.flag());
      case SearchKey.Larger k -> row.size() > k.octets();
      case SearchKey.Smaller k -> row.size() < k.octets();
      case SearchKey.Before k -> date(row, k.date()).map(d -> d.isBefore(k.day())).orElse(false);
      case SearchKey.On k -> date(row, k.date()).map(d -> d.equals(k.day())).orElse(false);
      case SearchKey.Since k -> date(row, k.date()).map(d -> !d.isBefore(k.day())).orElse(false);
      case SearchKey.Younger k -> row.internalDate() >= now - k.seconds();
      case SearchKey.Older k -> row.internalDate() <= now - k.seconds();
      case SearchKey.ModSeqAtLeast k -> row.modSeq() >= k.modSeq();
      case SearchKey.Content k -> row.content().equals(k.id());
      case SearchKey.InThread k -> row.content().hex().equals(k.thread());
      case SearchKey.Header k -> header(row, k.name(), k.text());
      case SearchKey.Body k -> holds(text(row).substring(bodyStart(row)), k.text());
      case SearchKey.Text k ->
          messages.content(row.content()).parsed().facts().headers().stream()
                  .anyMatch(field -> holds(field.name() + ": " + field.value(), k.text()))
              || holds(text(row).substring(bodyStart(row)), k.text());
    };
  }

  private Optional<LocalDate> date(Placement row, SearchKey.DateOf date) {
    return switch (date) {
      case INTERNAL -> Optional.of(day(row.internalDate()));
      case SAVED -> Optional.of(day(row.saveDate()));
      case SENT -> messages.content(row.content()).parsed().facts().sentDate();
    };
  }

  private static LocalDate day(long seconds) {
    return Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private boolean header(Placement row, String name, String text) {
    for (HeaderField field : messages.content(row.content()).parsed().facts().headers()) {
      if (field.name().equalsIgnoreCase(name) && holds(field.value(), text)) {
        return true;
      }
    }
    return false;
  }

  private String text(Placement row) {
    return new String(messages.content(row.content()).raw(), StandardCharsets.UTF_8);
  }

  private int bodyStart(Placement row) {
    int end = text(row).indexOf("\r\n\r\n");
    return end < 0 ? text(row).length() : end;
  }

  private static boolean holds(String text, String part) {
    return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
