package net.mailagent.imap.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import net.mailagent.imap.command.FetchItem.Plain;
import net.mailagent.imap.wire.Parser;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;

/**
 * FETCH (RFC 3501 section 6.4.5).
 *
 * @param uid whether the set holds uids
 * @param items what is asked for, each once, macros taken apart
 * @param changedSince only messages whose MODSEQ is above this (RFC 7162 section 3.1.4.1)
 */
public record Fetch(
    boolean uid, SequenceSet messages, List<FetchItem> items, OptionalLong changedSince)
    implements Command {
  private static final List<FetchItem> FAST =
      List.of(Plain.FLAGS, Plain.INTERNALDATE, Plain.RFC822_SIZE);
  private static final List<FetchItem> ALL =
      List.of(Plain.FLAGS, Plain.INTERNALDATE, Plain.RFC822_SIZE, Plain.ENVELOPE);
  private static final List<FetchItem> FULL =
      List.of(Plain.FLAGS, Plain.INTERNALDATE, Plain.RFC822_SIZE, Plain.ENVELOPE, Plain.BODY);

  public Fetch {
    items = items.stream().distinct().toList();
  }

  static Fetch parse(Parser p, boolean uid) throws SyntaxError {
    p.space();
    SequenceSet messages = SequenceSet.parse(p);
    p.space();
    List<FetchItem> items = items(p);
    OptionalLong changedSince = OptionalLong.empty();
    if (p.isNext(' ')) {
      p.space();
      if (!p.atEnd()) {
        changedSince = OptionalLong.of(changedSince(p));
      }
    }
    p.end();
    return new Fetch(uid, messages, items, changedSince);
  }

  private static List<FetchItem> items(Parser p) throws SyntaxError {
    if (p.takeWord("ALL")) {
      return ALL;
    }
    if (p.takeWord("FAST")) {
      return FAST;
    }
    if (p.takeWord("FULL")) {
      return FULL;
    }
    if (!p.isNext('(')) {
      return List.of(FetchItem.parse(p));
    }
    p.open();
    List<FetchItem> items = new ArrayList<>();
    do {
      items.add(FetchItem.parse(p));
    } while (p.take(' '));
    p.close();
    return items;
  }

  private static long changedSince(Parser p) throws SyntaxError {
    p.open();
    if (!p.takeWord("CHANGEDSINCE")) {
      throw p.expected("CHANGEDSINCE");
    }
    p.space();
    long modSeq = p.number(Long.MAX_VALUE); // iOS asks for CHANGEDSINCE 0
    p.close();
    return modSeq;
  }

  @Override
  public String name() {
    return uid ? "UID FETCH" : "FETCH";
  }
}
