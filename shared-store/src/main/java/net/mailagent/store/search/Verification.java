package net.mailagent.store.search;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import net.mailagent.mime.HeaderField;
import net.mailagent.mime.MessageFacts;
import net.mailagent.mime.MimePart;
import net.mailagent.mime.TextExtractor;
import net.mailagent.model.search.SearchKey;
import net.mailagent.store.content.SearchFields;
import net.mailagent.store.content.StoredContent;
import org.jspecify.annotations.Nullable;

/**
 * Decides a search key about content by reading one message: its header once, its text as far as
 * needed. One thread.
 */
final class Verification {
  private final SearchSettings settings;
  private final StoredContent content;
  private final MimePart tree;
  private @Nullable MessageFacts facts;

  Verification(SearchSettings settings, StoredContent content) {
    this.settings = settings;
    this.content = content;
    this.tree = content.tree();
  }

  boolean fits(SearchKey key) {
    return switch (key) {
      case SearchKey.And and -> {
        // what the header decides comes first: the text may be long
        yield and.keys().stream().filter(k -> !readsText(k)).allMatch(this::fits)
            && and.keys().stream().filter(Verification::readsText).allMatch(this::fits);
      }
      case SearchKey.Or or ->
          readsText(or.left())
              ? fits(or.right()) || fits(or.left())
              : fits(or.left()) || fits(or.right());
      case SearchKey.Not not -> !fits(not.key());
      case SearchKey.Before before -> sent(day -> day.isBefore(before.day()));
      case SearchKey.On on -> sent(day -> day.equals(on.day()));
      case SearchKey.Since since -> sent(day -> !day.isBefore(since.day()));
      case SearchKey.InThread thread -> content.thread().equals(thread.thread());
      case SearchKey.Header header -> header(header);
      case SearchKey.Body body -> body(Needle.of(body.text()));
      case SearchKey.Text text -> text(Needle.of(text.text()));
      default -> throw new IllegalArgumentException("not about contents: " + key);
    };
  }

  private static boolean readsText(SearchKey key) {
    return switch (key) {
      case SearchKey.Body body -> true;
      case SearchKey.Text text -> true;
      case SearchKey.Not not -> readsText(not.key());
      case SearchKey.And and -> and.keys().stream().anyMatch(Verification::readsText);
      case SearchKey.Or or -> readsText(or.left()) || readsText(or.right());
      default -> false;
    };
  }

  private MessageFacts facts() {
    MessageFacts known = facts;
    if (known == null) {
      known =
          SearchFields.facts(
              content.range(tree.headerStart(), tree.headerEnd()), settings.verifyLimits());
      facts = known;
    }
    return known;
  }

  private boolean sent(Predicate<LocalDate> fits) {
    Optional<LocalDate> day = facts().sentDate();
    return day.isPresent() && fits.test(day.get());
  }

  private boolean header(SearchKey.Header header) {
    String name = SearchFields.name(header.name());
    String needle = Needle.of(header.text()).text();
    String prefix = name + ": ";
    for (HeaderField field : facts().headers()) {
      if (SearchFields.name(field.name()).equals(name)
          && SearchFields.line(field).indexOf(needle, prefix.length()) >= 0) {
        return true;
      }
    }
    return false;
  }

  private boolean body(Needle needle) {
    return needle.text().isEmpty()
        || new TextExtractor(tree, content::range, settings.verifyLimits()).contains(needle.text());
  }

  private boolean text(Needle needle) {
    List<HeaderField> fields = facts().headers();
    return needle.text().isEmpty()
        || fields.stream().anyMatch(field -> SearchFields.line(field).contains(needle.text()))
        || body(needle);
  }
}
