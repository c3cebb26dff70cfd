package net.mailagent.imap.handler;

import java.util.Optional;
import java.util.OptionalLong;
import net.mailagent.imap.command.Store;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.view.SelectedMailbox;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.Placements;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Mailboxes;
import org.jspecify.annotations.Nullable;

/**
 * STORE and UID STORE: one commit for any number of messages. The new flags are told, unless they
 * are what the client, which said .SILENT, can know itself.
 */
public final class StoreHandler {
  private StoreHandler() {}

  public static Completion handle(Session session, Store command) throws SyntaxError {
    SelectedMailbox view = session.view();
    if (view.readOnly()) {
      return ReadOnly.refusal();
    }
    if (command.unchangedSince().isPresent()) {
      session.enableCondStore();
    }
    UidSet uids = view.uidsToChange(command.messages(), command.uid());
    Placements before = view.snapshot();
    Mailboxes.Committed<StoreFlags.Result> committed =
        session.commit(
            new StoreFlags(
                view.id(), uids, command.operation(), command.flags(), command.unchangedSince()),
            "store");
    StoreFlags.Result result = committed.result();
    session.catchUpNumbers(false); // EXISTS before any FETCH
    session.announceKeywords();
    UidSet stored = uids.minus(result.modified()).minus(result.missing());
    UidSet.Builder shown = new UidSet.Builder();
    view.eachRow(
        stored,
        row -> {
          if (tell(session, command, row, before, result.changed().contains(row.uid()))) {
            shown.add(row.uid());
          }
        });
    view.flagsShown(shown.build(), session.state().seq());
    return completion(view, command, result);
  }

  /** Answers a message; false if the catch-up is to tell what it has now. */
  private static boolean tell(
      Session session, Store command, Placement row, @Nullable Placements before, boolean changed) {
    SelectedMailbox view = session.view();
    OptionalLong modSeq =
        session.condStore() ? OptionalLong.of(row.modSeq()) : OptionalLong.empty();
    if (view.isGone(row.uid())) {
      return true; // it is gone since the commit
    }
    if (!command.silent()) {
      session.send(
          new Response.Flagged(
              view.number(row.uid()), row.uid(), modSeq, Optional.of(row.flags())));
      return true;
    }
    Placement known = before == null ? null : before.byUid(row.uid());
    Flags expected =
        known == null || known.modSeq() > view.toldSeq()
            ? null
            : command.operation().apply(known.flags(), command.flags());
    if (expected == null || !expected.equals(row.flags())) {
      return false; // somebody else changed them too
    }
    if (changed && modSeq.isPresent()) { // RFC 7162 section 3.1.3: MODSEQ is told all the same
      session.send(
          new Response.Flagged(view.number(row.uid()), row.uid(), modSeq, Optional.empty()));
    }
    return true;
  }

  private static Completion completion(
      SelectedMailbox view, Store command, StoreFlags.Result result) {
    if (!result.modified().isEmpty()) {
      UidSet.Builder numbers = new UidSet.Builder();
      view.numbers(result.modified(), command.uid()).forEachRemaining((int n) -> numbers.add(n));
      return Completion.ok(
          Code.modified(numbers.build().toString()), "Some messages were changed by others");
    }
    if (!result.missing().isEmpty() && !command.uid()) {
      // RFC 2180 section 4.2: by number the client means messages it believes are there.
      return command.silent()
          ? Completion.ok(Code.EXPUNGEISSUED, "STORE completed, some messages are gone")
          : Completion.no(Code.EXPUNGEISSUED, "Some messages are gone");
    }
    return Completion.ok(command.name() + " completed");
  }
}
