package net.mailagent.imap.command;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.mailagent.imap.wire.Dates;
import net.mailagent.imap.wire.ObjectId;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.ContentId;
import net.mailagent.model.search.SearchKey;
import net.mailagent.model.search.SearchKey.DateOf;

/** Parses search keys (RFC 3501 section 6.4.4) with their grouping and negation. */
final class SearchProgram {
  private static final SearchKey NOTHING = new SearchKey.Not(new SearchKey.All());

  private final Parser p;
  private final Charset charset;
  private boolean modSeq;

  SearchProgram(Parser p, Charset charset) {
    this.p = p;
    this.charset = charset;
  }

  boolean sawModSeq() {
    return modSeq;
  }

  /** One or more keys, all of which must fit. */
  SearchTerm keys() throws SyntaxError {
    List<SearchTerm> terms = new ArrayList<>();
    terms.add(key());
    while (p.isNext(' ')) {
      p.space();
      if (p.atEnd()) {
        break; // a blank at the end of the line
      }
      terms.add(key());
    }
    return terms.size() == 1 ? terms.getFirst() : new SearchTerm.And(terms);
  }

  private SearchTerm key() throws SyntaxError {
    p.countKey();
    p.deeper();
    SearchTerm term = nested();
    p.shallower();
    return term;
  }

  private SearchTerm nested() throws SyntaxError {
    if (p.isNext('(')) {
      p.open();
      SearchTerm all = keys();
      p.close();
      return all;
    }
    if (p.isDigit() || p.isNext('*')) {
      return new SearchTerm.Messages(SequenceSet.parse(p), false);
    }
    String name = p.word("a search key");
    return switch (name) {
      case "NOT" -> {
        p.space();
        yield new SearchTerm.Not(key());
      }
      case "OR" -> {
        p.space();
        SearchTerm left = key();
        p.space();
        yield new SearchTerm.Or(left, key());
      }
      case "UID" -> {
        p.space();
        yield new SearchTerm.Messages(SequenceSet.parse(p), true);
      }
      default -> new SearchTerm.Key(leaf(name));
    };
  }

  private SearchKey leaf(String name) throws SyntaxError {
    return switch (name) {
      case "ALL", "OLD" -> new SearchKey.All();
      case "NEW", "RECENT" -> NOTHING; // \Recent is deliberately not kept
      case "ANSWERED" -> flag("\\Answered");
      case "DELETED" -> flag("\\Deleted");
      case "DRAFT" -> flag("\\Draft");
      case "FLAGGED" -> flag("\\Flagged");
      case "SEEN" -> flag("\\Seen");
      case "UNANSWERED" -> not(flag("\\Answered"));
      case "UNDELETED" -> not(flag("\\Deleted"));
      case "UNDRAFT" -> not(flag("\\Draft"));
      case "UNFLAGGED" -> not(flag("\\Flagged"));
      case "UNSEEN" -> not(flag("\\Seen"));
      case "KEYWORD" -> flag(keyword());
      case "UNKEYWORD" -> not(flag(keyword()));
      case "BCC", "CC", "FROM", "SUBJECT", "TO" -> new SearchKey.Header(name, text());
      case "HEADER" -> {
        String field = text();
        yield new SearchKey.Header(field, text());
      }
      case "BODY" -> new SearchKey.Body(text());
      case "TEXT" -> new SearchKey.Text(text());
      case "LARGER" -> new SearchKey.Larger(number());
      case "SMALLER" -> new SearchKey.Smaller(number());
      case "YOUNGER" -> new SearchKey.Younger(interval());
      case "OLDER" -> new SearchKey.Older(interval());
      case "BEFORE" -> new SearchKey.Before(DateOf.INTERNAL, day());
      case "ON" -> new SearchKey.On(DateOf.INTERNAL, day());
      case "SINCE" -> new SearchKey.Since(DateOf.INTERNAL, day());
      case "SENTBEFORE" -> new SearchKey.Before(DateOf.SENT, day());
      case "SENTON" -> new SearchKey.On(DateOf.SENT, day());
      case "SENTSINCE" -> new SearchKey.Since(DateOf.SENT, day());
      case "MODSEQ" -> modSeq();
      case "EMAILID" -> objectId(ObjectId.EMAIL, hex -> new SearchKey.Content(new ContentId(hex)));
      case "THREADID" -> objectId(ObjectId.THREAD, SearchKey.InThread::new);
      default -> throw new SyntaxError("unknown search key before octet " + p.position());
    };
  }

  private static SearchKey flag(String name) {
    return new SearchKey.HasFlag(name);
  }

  private static SearchKey not(SearchKey key) {
    return new SearchKey.Not(key);
  }

  private String keyword() throws SyntaxError {
    p.space();
    return p.flag();
  }

  private String text() throws SyntaxError {
    p.space();
    int position = p.position();
    return Parser.decode(p.astring("a string"), charset, position);
  }

  private long number() throws SyntaxError {
    p.space();
    return p.number(Long.MAX_VALUE);
  }

  /** RFC 5032: a number of seconds above 0. */
  private long interval() throws SyntaxError {
    long seconds = number();
    if (seconds == 0) {
      throw new SyntaxError("an interval of 0 seconds, before octet " + p.position());
    }
    return Math.min(seconds, 1L << 40);
  }

  private java.time.LocalDate day() throws SyntaxError {
    p.space();
    return Dates.date(p);
  }

  /** RFC 8474 section 5: an identifier that was never given out is found nowhere. */
  private SearchKey objectId(ObjectId kind, Function<String, SearchKey> key) throws SyntaxError {
    p.space();
    return kind.parse(p).map(key).orElse(NOTHING);
  }

  /**
   * RFC 7162 section 3.1.5. The entry name and type are accepted; flags have one MODSEQ together.
   */
  private SearchKey modSeq() throws SyntaxError {
    p.space();
    if (p.isNext('"')) {
      p.string();
      p.space();
      String type = p.word("an entry type");
      if (!List.of("PRIV", "SHARED", "ALL").contains(type)) {
        throw new SyntaxError("unknown entry type before octet " + p.position());
      }
      p.space();
    }
    modSeq = true;
    return new SearchKey.ModSeqAtLeast(p.number(Long.MAX_VALUE));
  }
}
