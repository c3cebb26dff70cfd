package net.mailagent.imap.view;

import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PrimitiveIterator;
import java.util.function.Consumer;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.wire.SequenceSet;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.ExpungedRow;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.Placements;
import org.jspecify.annotations.Nullable;

/**
 * What one session was told about the mailbox it has selected, and the one place where changes
 * become untagged replies.
 *
 * <p>Invariants: {@code told} is what the client believes is there, so a sequence number is a rank
 * in it; it holds messages that are gone until EXPUNGE may be sent. A number is announced by EXISTS
 * before anything else is said about it. EXISTS is sent only when messages came. Flags up to {@code
 * flagsSeq} were told.
 *
 * <p>One thread, the connection's runner.
 */
public final class SelectedMailbox {
  private final MailboxId id;
  private final boolean readOnly;
  private final Keywords keywords;

  private UidSet told;
  private long flagsSeq;
  private int flagsMaxUid; // messages above came since: the client asks for their flags itself
  private @Nullable Placements snapshot; // as of the last time numbers were announced

  // Flags that the command under way has shown itself, and the state they were taken from.
  private UidSet shown = UidSet.EMPTY;
  private long shownSeq;

  private SelectedMailbox(MailboxState now, long seq, boolean readOnly) {
    this.id = now.id();
    this.readOnly = readOnly;
    this.told = now.messages().uids();
    this.flagsSeq = seq;
    this.flagsMaxUid = told.max();
    this.snapshot = now.messages();
    this.keywords = new Keywords(now.messages());
  }

  /**
   * Selects a mailbox and tells what SELECT must tell (RFC 3501 section 6.3.1).
   *
   * @param seq of the state that {@code now} belongs to
   */
  public static SelectedMailbox open(
      MailboxState now, long seq, boolean readOnly, Consumer<Response> out) {
    SelectedMailbox view = new SelectedMailbox(now, seq, readOnly);
    out.accept(new Response.Applicable(view.keywords.applicable()));
    out.accept(
        Response.told(
            Condition.OK,
            Code.permanentFlags(readOnly ? "" : view.keywords.applicable() + " \\*"),
            readOnly ? "Flags cannot be changed" : "Flags that can be set"));
    out.accept(new Response.Exists(view.told.size()));
    out.accept(new Response.Recent());
    firstUnseen(now.messages())
        .ifPresent(number ->
            out.accept(Response.told(Condition.OK, Code.unseen(number), "First message not seen")));
    out.accept(Response.told(Condition.OK, Code.mailboxId(now.id()), "Mailbox id"));
    out.accept(Response.told(Condition.OK, Code.uidValidity(now.uidValidity()), "UIDs valid"));
    out.accept(
        Response.told(Condition.OK, Code.uidNext(now.counters().uidNext()), "Predicted next UID"));
    out.accept(
        Response.told(Condition.OK, Code.highestModSeq(now.modSeq()), "Highest mod-sequence"));
    return view;
  }

  private static OptionalInt firstUnseen(Placements messages) {
    int before = 0;
    for (PlacementSegment segment : messages.segments()) {
      boolean[] unseen = segment.rowsWhere(flags -> !flags.seen());
      for (int i = 0; i < unseen.length; i++) {
        if (unseen[i]) {
          return OptionalInt.of(before + i + 1);
        }
      }
      before += unseen.length;
    }
    return OptionalInt.empty();
  }

  public MailboxId id() {
    return id;
  }

  /** Whether it was opened by EXAMINE. */
  public boolean readOnly() {
    return readOnly;
  }

  /** What the client believes is there. */
  public UidSet told() {
    return told;
  }

  /** The sequence number of a message that was told; 0 if it was not. */
  public int number(int uid) {
    return told.indexOf(uid) + 1;
  }

  /**
   * The uids that a set of the client means; only messages that were told.
   *
   * @throws SyntaxError if it names sequence numbers that lie above the last one (RFC 3501 section
   *     9, seq-number); uids that are not there are no error
   */
  public UidSet uids(SequenceSet set, boolean uid) throws SyntaxError {
    if (!uid && set.exceeds(told.size())) {
      throw new SyntaxError("there are only " + told.size() + " messages");
    }
    return named(set, uid).intersect(told);
  }

  /**
   * The uids that a set of the client names, for changes: as uids, also those it was not told of
   * yet, for it may know them from another connection.
   *
   * @throws SyntaxError as {@link #uids}
   */
  public UidSet uidsToChange(SequenceSet set, boolean uid) throws SyntaxError {
    return uid ? named(set, true) : uids(set, false);
  }

  private UidSet named(SequenceSet set, boolean uid) {
    UidSet.Builder named = new UidSet.Builder();
    if (uid) {
      set.ranges(told.max(), named::addRange);
    } else {
      // between the uids at two numbers lie only uids of numbers between them
      set.ranges(
          told.size(),
          (from, to) -> named.addRange(told.at(from - 1), told.at(Math.min(to, told.size()) - 1)));
    }
    return named.build();
  }

  /** Numbers or uids as a client reads them, ascending. */
  public PrimitiveIterator.OfInt numbers(UidSet uids, boolean uid) {
    return uid ? uids.iterator() : uids.stream().map(this::number).iterator();
  }

  /**
   * The rows as the session can see them without asking the store, or null when they were let go.
   */
  public @Nullable Placements snapshot() {
    return snapshot;
  }

  /**
   * Takes each of those messages, ascending: its row as of the last announcement, or as it was when
   * it was expunged; what was expunged so long ago that it is not kept is left out. The messages
   * must have been told.
   */
  public void eachRow(UidSet uids, Consumer<Placement> each) {
    Placements now = snapshot == null ? Placements.EMPTY : snapshot;
    Iterator<ExpungedRow> gone =
        uids.isEmpty() || uids.minus(now.uids()).isEmpty()
            ? Collections.emptyIterator()
            : now.expunged(uids).iterator();
    ExpungedRow next = gone.hasNext() ? gone.next() : null;
    for (PlacementSegment segment : now.segments()) {
      int size = segment.size();
      if (size == 0
          || uids.countBelow(segment.uid(size - 1) + 1) == uids.countBelow(segment.uid(0))) {
        continue;
      }
      for (int i = 0; i < size; i++) {
        if (uids.contains(segment.uid(i))) {
          next = eachGone(next, segment.uid(i), gone, each);
          each.accept(segment.row(i));
        }
      }
    }
    eachGone(next, Integer.MAX_VALUE, gone, each);
  }

  private static @Nullable ExpungedRow eachGone(
      @Nullable ExpungedRow next, int below, Iterator<ExpungedRow> gone, Consumer<Placement> each) {
    ExpungedRow row = next;
    while (row != null && row.row().uid() < below) {
      each.accept(row.row());
      row = gone.hasNext() ? gone.next() : null;
    }
    return row;
  }

  /** The seq up to which flags were told; a row of a snapshot that is newer was not. */
  public long toldSeq() {
    return flagsSeq;
  }

  /** Whether a message that was told is gone and only still readable. */
  public boolean isGone(int uid) {
    return snapshot != null && snapshot.indexOf(uid) < 0;
  }

  /**
   * Tells which messages are gone, if that is allowed now, and how many there are, if some came.
   * Flags are left for {@link #announceFlags}.
   */
  public void announceNumbers(MailboxState now, boolean mayExpunge, Consumer<Response> out) {
    Placements rows = now.messages();
    if (rows == snapshot && (told.size() == rows.size() || !mayExpunge)) {
      return; // nothing came, and what is gone was told or may not be told now
    }
    UidSet current = rows.uids();
    UidSet gone = told.minus(current);
    UidSet came = current.minus(told);
    if (mayExpunge) {
      expunge(gone, out);
      told = current;
    } else {
      told = gone.isEmpty() ? current : told.union(came);
    }
    if (!came.isEmpty()) {
      out.accept(new Response.Exists(told.size()));
    }
    snapshot = rows;
  }

  /** Descending, so that no number has moved when it is told. */
  private void expunge(UidSet gone, Consumer<Response> out) {
    for (int range = gone.rangeCount() - 1; range >= 0; range--) {
      for (int uid = gone.rangeLast(range); uid >= gone.rangeFirst(range); uid--) {
        out.accept(new Response.Expunged(told.indexOf(uid) + 1));
      }
    }
  }

  /** The command under way has shown the flags of those messages itself, as of that state. */
  public void flagsShown(UidSet uids, long seq) {
    shown = seq == shownSeq ? shown.union(uids) : uids;
    shownSeq = seq;
  }

  /**
   * Tells flags that others changed; numbers must have been announced from the same state.
   *
   * @param seq of the state that {@code now} belongs to
   * @param condStore whether MODSEQ is told too (RFC 7162 section 3.1)
   */
  public void announceFlags(MailboxState now, long seq, boolean condStore, Consumer<Response> out) {
    if (now.modSeq() > flagsSeq) {
      Placements rows = now.messages();
      keywords.learn(rows, flagsSeq).ifPresent(out);
      for (PlacementSegment segment : rows.segments()) {
        if (segment.seq() > flagsSeq) {
          announceFlags(segment, condStore, out);
        }
      }
    }
    flagsSeq = Math.max(flagsSeq, seq);
    flagsMaxUid = told.max();
    shown = UidSet.EMPTY;
    shownSeq = 0;
  }

  private void announceFlags(PlacementSegment segment, boolean condStore, Consumer<Response> out) {
    for (int i = 0; i < segment.size(); i++) {
      long modSeq = segment.modSeq(i);
      int uid = segment.uid(i);
      boolean seenIt = shown.contains(uid);
      boolean untold = modSeq > flagsSeq && !(seenIt && modSeq <= shownSeq);
      if (untold && (uid <= flagsMaxUid || seenIt)) {
        out.accept(
            new Response.Flagged(
                number(uid),
                uid,
                condStore ? OptionalLong.of(modSeq) : OptionalLong.empty(),
                Optional.of(segment.flags(i))));
      }
    }
  }

  /** Tells keywords that the rows brought with them, before their flags are shown. */
  public void announceKeywords(Placements rows, Consumer<Response> out) {
    keywords.learn(rows, flagsSeq).ifPresent(out);
  }

  /**
   * Lets go of everything but the uids and the seq: for a session that is idle. Messages that are
   * gone by the time it wakes are among the expunged ones of the state it reads then.
   */
  public void release() {
    snapshot = null;
  }
}
