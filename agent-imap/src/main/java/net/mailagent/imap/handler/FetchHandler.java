package net.mailagent.imap.handler;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import net.mailagent.imap.command.Fetch;
import net.mailagent.imap.command.FetchItem;
import net.mailagent.imap.command.FetchItem.Plain;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.FetchWriter;
import net.mailagent.imap.view.SelectedMailbox;
import net.mailagent.imap.wire.ObjectId;
import net.mailagent.imap.wire.SyntaxError;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;
import net.mailagent.runtime.net.ConnectionEnded;
import org.jspecify.annotations.Nullable;

/**
 * FETCH and UID FETCH. What never changes is answered from what the session knows, without asking
 * the journal; \Seen is set by one commit for all messages before anything is sent; contents are
 * read in batches, with the fields asked for and no others, and bodies are sent as they are pulled.
 */
public final class FetchHandler {
  private final Session session;
  private final SelectedMailbox view;
  private final Fetch command;
  private final Set<Messages.Field> fields = EnumSet.noneOf(Messages.Field.class);

  private UidSet seenNow = UidSet.EMPTY; // \Seen was set by this command
  private final List<Placement> batch = new ArrayList<>();
  private final Set<ContentId> batchIds = new HashSet<>();
  private int batchAt;
  private final UidSet.Builder answered = new UidSet.Builder(); // whose response was sent
  private boolean unreadable;
  private boolean undecodable; // BINARY of an encoding that is not known
  private boolean reads; // whether something of the contents is needed

  private FetchHandler(Session session, Fetch command) {
    this.session = session;
    this.view = session.view();
    this.command = command;
    for (FetchItem item : command.items()) {
      switch (item) {
        case FetchItem.Content content -> fields.add(Messages.Field.CONTENT);
        case FetchItem.BinarySize size -> fields.add(Messages.Field.CONTENT);
        case Plain plain -> {
          switch (plain) {
            case ENVELOPE -> fields.add(Messages.Field.ENVELOPE);
            case BODY, BODYSTRUCTURE -> fields.add(Messages.Field.STRUCTURE);
            case PREVIEW -> fields.add(Messages.Field.PREVIEW);
            case THREADID -> reads = true; // comes with every content
            case FLAGS, INTERNALDATE, RFC822_SIZE, UID, MODSEQ, EMAILID -> {}
          }
        }
      }
    }
    reads |= !fields.isEmpty();
  }

  public static Completion handle(Session session, Fetch command) throws SyntaxError {
    return new FetchHandler(session, command).run();
  }

  private Completion run() throws SyntaxError {
    boolean flags = command.items().contains(Plain.FLAGS);
    boolean modSeq = command.items().contains(Plain.MODSEQ) || command.changedSince().isPresent();
    boolean marksSeen = !view.readOnly() && command.items().stream().anyMatch(this::marksSeen);
    if (modSeq) {
      session.enableCondStore();
    }
    boolean asksForMore = command.uid() && command.messages().reaches(view.told().max());
    if (flags || modSeq || marksSeen || asksForMore || view.snapshot() == null) {
      session.catchUpNumbers(command.uid());
    }
    UidSet asked = view.uids(command.messages(), command.uid());
    UidSet uids = command.changedSince().isPresent() ? changed(asked) : asked;
    if (marksSeen) {
      markSeen(uids);
    }
    if (!flags && seenNow.isEmpty()) {
      answer(uids);
    } else {
      session.announceKeywords();
      long seq = session.state().seq();
      try {
        answer(uids);
      } finally { // what was not sent is left for the next catch-up
        UidSet sent = answered.build();
        view.flagsShown(flags ? sent : sent.intersect(seenNow), seq);
      }
    }
    return completion(uids.size());
  }

  private void answer(UidSet uids) {
    if (!reads) {
      view.eachRow(uids, row -> answer(row, null));
    } else {
      view.eachRow(uids, this::gather);
      readBatch();
    }
  }

  private boolean marksSeen(FetchItem item) {
    return item instanceof FetchItem.Content content && !content.peek();
  }

  private UidSet changed(UidSet among) {
    long since = command.changedSince().orElse(0);
    UidSet.Builder changed = new UidSet.Builder();
    view.eachRow(
        among,
        row -> {
          if (row.modSeq() > since) {
            changed.add(row.uid());
          }
        });
    return changed.build();
  }

  private void markSeen(UidSet uids) {
    UidSet.Builder unseen = new UidSet.Builder();
    view.eachRow(
        uids,
        row -> {
          if (!row.flags().seen() && !view.isGone(row.uid())) {
            unseen.add(row.uid());
          }
        });
    UidSet toMark = unseen.build();
    if (!toMark.isEmpty()) {
      seenNow =
          session
              .commit(
                  new StoreFlags(
                      view.id(),
                      toMark,
                      FlagOperation.ADD,
                      Flags.of("\\Seen"),
                      OptionalLong.empty()),
                  "seen")
              .result()
              .changed();
      session.catchUpNumbers(false); // the rows as they are now; nothing may be expunged meanwhile
    }
  }

  /** Rows of one batch have distinct contents: a message may lie in a mailbox several times. */
  private void gather(Placement row) {
    if (batch.size() == session.limits().fetchBatch() || batchIds.contains(row.content())) {
      readBatch();
    }
    batch.add(row);
    batchIds.add(row.content());
  }

  private void readBatch() {
    if (batch.isEmpty()) {
      return;
    }
    batchAt = 0;
    session
        .ports()
        .messages()
        .read(
            session.user(),
            batch.stream().map(Placement::content).toList(),
            fields,
            this::answerNext);
    unreadable |= batchAt < batch.size();
    batch.clear();
    batchIds.clear();
  }

  private void answerNext(StoredMessage message) {
    while (batchAt < batch.size() && !batch.get(batchAt).content().equals(message.id())) {
      batchAt++;
      unreadable = true; // its content was left out
    }
    if (batchAt < batch.size()) {
      answer(batch.get(batchAt++), message);
    }
  }

  private void answer(Placement row, @Nullable StoredMessage message) {
    FetchWriter out = new FetchWriter(session.writer(), view.number(row.uid()));
    List<FetchItem> items = command.items();
    if (command.uid() && !items.contains(Plain.UID)) {
      out.uid(row.uid());
    }
    boolean newFlags = seenNow.contains(row.uid());
    boolean tellModSeq = command.changedSince().isPresent() || (newFlags && session.condStore());
    if (tellModSeq && !items.contains(Plain.MODSEQ)) {
      out.modSeq(row.modSeq());
    }
    if (newFlags && !items.contains(Plain.FLAGS)) {
      out.flags(row.flags());
    }
    try {
      items.forEach(item -> item(out, item, row, message));
    } catch (ConnectionEnded | FetchWriter.BrokenLiteral e) {
      throw e; // nothing legal can be said any more
    } catch (RuntimeException e) {
      end(out, row); // what follows is the tagged reply
      throw e;
    }
    end(out, row);
    answered.add(row.uid());
  }

  private static void end(FetchWriter out, Placement row) {
    if (out.isEmpty()) {
      out.uid(row.uid()); // every item was left out
    }
    out.end();
  }

  /** An item that cannot be read is left out, so that the response stays legal. */
  private void item(
      FetchWriter out, FetchItem item, Placement row, @Nullable StoredMessage message) {
    try {
      switch (item) {
        case Plain plain -> plain(out, plain, row, message);
        case FetchItem.Content content -> content(out, content, contentOf(message));
        case FetchItem.BinarySize size -> binarySize(out, size, contentOf(message));
      }
    } catch (StoreUnavailable e) {
      unreadable = true;
    } catch (Refused e) {
      refused(e);
    }
  }

  private static StoredMessage contentOf(@Nullable StoredMessage message) {
    if (message == null) {
      throw new IllegalStateException("an item needs a content that was not read");
    }
    return message;
  }

  private static void plain(
      FetchWriter out, Plain item, Placement row, @Nullable StoredMessage message) {
    switch (item) {
      case ENVELOPE -> out.stored("ENVELOPE", contentOf(message).envelope());
      case BODY -> out.stored("BODY", contentOf(message).body());
      case BODYSTRUCTURE -> out.stored("BODYSTRUCTURE", contentOf(message).bodyStructure());
      case FLAGS -> out.flags(row.flags());
      case INTERNALDATE -> out.internalDate(row.internalDate());
      case RFC822_SIZE -> out.size(row.size());
      case UID -> out.uid(row.uid());
      case MODSEQ -> out.modSeq(row.modSeq());
      case EMAILID -> out.objectId("EMAILID", ObjectId.EMAIL.of(row.content().hex()));
      case THREADID -> out.objectId("THREADID", ObjectId.THREAD.of(contentOf(message).thread()));
      case PREVIEW -> out.preview(contentOf(message).preview());
    }
  }

  private static void content(FetchWriter out, FetchItem.Content item, StoredMessage message) {
    ByteSource source = message.open(item.section(), item.offset(), item.length()).orElse(null);
    if (source == null) {
      out.nothing(item.label());
    } else if (item.binary()) {
      out.binary(item.label(), source);
    } else {
      out.content(item.label(), source);
    }
  }

  /** A part that is not there has no octets: the response has no NIL for it. */
  private static void binarySize(
      FetchWriter out, FetchItem.BinarySize item, StoredMessage message) {
    try (ByteSource source = message.open(item.section()).orElse(null)) {
      out.binarySize(item.label(), source == null ? 0 : source.length());
    }
  }

  /** RFC 3516 section 4.3: what can be answered is, then the command fails. */
  private void refused(Refused refused) {
    if (!(refused.refusal() instanceof Refusal.UnknownEncoding)) {
      throw refused;
    }
    undecodable = true;
  }

  private Completion completion(int asked) {
    if (unreadable) {
      return Completion.no(Code.UNAVAILABLE, "Some messages could not be read, try again");
    }
    if (undecodable) {
      return Completion.no(Code.UNKNOWN_CTE, "Some parts have an encoding that is not known");
    }
    if (answered.build().size() < asked && !command.uid()) {
      return Completion.no(Code.EXPUNGEISSUED, "Some messages are gone");
    }
    return Completion.ok(command.name() + " completed");
  }
}
