package net.mailagent.mime;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import net.mailagent.model.Attachment;

/**
 * What SEARCH, SORT, THREAD and previews need of a message. Immutable, any thread.
 *
 * @param sent the Date field as an instant; empty when missing or unreadable
 * @param sentDate the date the Date field shows, disregarding time and zone, for SENTON, SENTBEFORE
 *     and SENTSINCE (RFC 3501 section 6.4.4)
 * @param subject decoded and unfolded
 * @param baseSubject the base subject of RFC 5256 section 2.1, upper and lower case folded
 * @param messageId with its angle brackets, else empty
 * @param references the message ids of References, then of In-Reply-To, each once, in order
 * @param threadRoot the first id of References, else of In-Reply-To, else the own Message-ID, else
 *     empty
 * @param parents the ids of In-Reply-To when there are no References: threadRoot is the message
 *     that this one replies to then, which need not be the first of its thread
 * @param threadSubject what the subjects of one thread have in common: the base subject without the
 *     prefixes of other languages, without white space
 * @param headers all fields of the message header in order, decoded
 * @param headersTruncated whether fields, or the ends of fields, are missing from headers
 * @param words the distinct normalised words of everything that BODY searches read, each between
 *     single spaces, so that a needle for which {@link Normalized#isWord} holds occurs in the text
 *     if and only if it occurs in here
 * @param wordsTruncated whether words are missing from words
 * @param preview the first characters of the text (RFC 8970), at most 200
 * @param attachments in the order of the message, as {@link Attachments} tells them
 */
public record MessageFacts(
    Optional<Instant> sent,
    Optional<LocalDate> sentDate,
    String subject,
    String baseSubject,
    String messageId,
    List<String> references,
    String threadRoot,
    List<String> parents,
    String threadSubject,
    List<HeaderField> headers,
    boolean headersTruncated,
    String words,
    boolean wordsTruncated,
    String preview,
    List<Attachment> attachments) {

  public MessageFacts {
    references = List.copyOf(references);
    parents = List.copyOf(parents);
    headers = List.copyOf(headers);
    attachments = List.copyOf(attachments);
  }
}
