package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.Counters;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.PlacementColumns;
import net.mailagent.model.journal.UidRanges;
import net.mailagent.model.journal.UnknownVersion;
import net.mailagent.store.mongo.Ids;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Journal entries as documents. {@code _id} is user and seq, so that the unique key holds even
 * without any index and many users' entries are found by one {@code $in}. Pure.
 */
final class EntryCodec {
  private EntryCodec() {}

  /** The {@code _id} of the entry at that seq. */
  static BsonString id(UserId user, long seq) {
    return new BsonString(user.hex() + "/" + seq);
  }

  /** The head of an entry, without its content. */
  static BsonDocument head(JournalEntry entry) {
    return new BsonDocument("_id", id(entry.user(), entry.seq()))
        .append("v", new BsonInt32(JournalEntry.VERSION))
        .append("user", Ids.bson(entry.user()))
        .append("seq", new BsonInt64(entry.seq()))
        .append("id", new BsonString(entry.id()))
        .append("at", new BsonDateTime(entry.at()))
        .append(
            "origin",
            new BsonDocument("protocol", new BsonString(entry.origin().protocol()))
                .append("session", new BsonString(entry.origin().session()))
                .append("purpose", new BsonString(entry.origin().purpose())));
  }

  /** The content of an entry: what goes into parts when it is long. */
  static BsonDocument content(JournalEntry entry) {
    BsonArray changes = new BsonArray();
    entry.changes().forEach(change -> changes.add(encode(change)));
    BsonArray counters = new BsonArray();
    entry
        .counters()
        .forEach((mailbox, figures) ->
            counters.add(encode(figures).append("mailbox", Ids.bson(mailbox))));
    return new BsonDocument("changes", changes)
        .append("counters", counters)
        .append("quota", new BsonInt64(entry.quotaUsed()));
  }

  static BsonDocument encode(Counters figures) {
    return new BsonDocument("uidNext", new BsonInt32(figures.uidNext()))
        .append("messages", new BsonInt32(figures.messages()))
        .append("unseen", new BsonInt32(figures.unseen()))
        .append("deleted", new BsonInt32(figures.deleted()))
        .append("size", new BsonInt64(figures.size()))
        .append("checksum", new BsonInt64(figures.checksum()));
  }

  static Counters counters(BsonDocument from) {
    return new Counters(
        from.getInt32("uidNext").getValue(),
        from.getInt32("messages").getValue(),
        from.getInt32("unseen").getValue(),
        from.getInt32("deleted").getValue(),
        from.getInt64("size").getValue(),
        from.getInt64("checksum").getValue());
  }

  /**
   * The entry of that document.
   *
   * @param content as {@link #content} made it: the document itself, or what its parts hold
   * @throws UnknownVersion if a newer program wrote it
   */
  static JournalEntry decode(BsonDocument head, BsonDocument content) {
    requireVersion(head);
    BsonDocument origin = head.getDocument("origin");
    List<Change> changes = new ArrayList<>();
    for (BsonValue value : content.getArray("changes")) {
      changes.add(change(value.asDocument()));
    }
    Map<MailboxId, Counters> counters = new LinkedHashMap<>();
    for (BsonValue value : content.getArray("counters")) {
      counters.put(Ids.mailbox(value.asDocument(), "mailbox"), counters(value.asDocument()));
    }
    return new JournalEntry(
        Ids.user(head, "user"),
        head.getInt64("seq").getValue(),
        head.getString("id").getValue(),
        head.getDateTime("at").getValue(),
        new Origin(
            origin.getString("protocol").getValue(),
            origin.getString("session").getValue(),
            origin.getString("purpose").getValue()),
        changes,
        counters,
        content.getInt64("quota").getValue());
  }

  static void requireVersion(BsonDocument head) {
    BsonValue version = head.get("v");
    if (!new BsonInt32(JournalEntry.VERSION).equals(version)) {
      throw new UnknownVersion("a journal entry", String.valueOf(version));
    }
  }

  private static BsonDocument encode(Change change) {
    return switch (change) {
      case Change.MailboxCreated c ->
          of("mailboxCreated")
              .append("mailbox", Ids.bson(c.mailbox()))
              .append("path", path(c.path()))
              .append("uses", uses(c.uses()))
              .append("uidValidity", new BsonInt32(c.uidValidity()));
      case Change.MailboxRenamed c ->
          of("mailboxRenamed")
              .append("mailbox", Ids.bson(c.mailbox()))
              .append("from", path(c.from()))
              .append("to", path(c.to()));
      case Change.MailboxDeleted c ->
          of("mailboxDeleted")
              .append("mailbox", Ids.bson(c.mailbox()))
              .append("path", path(c.path()));
      case Change.Subscribed c ->
          of("subscribed")
              .append("path", path(c.path()))
              .append("subscribed", BsonBoolean.valueOf(c.subscribed()));
      case Change.Added c -> {
        BsonDocument added =
            of("added")
                .append("mailbox", Ids.bson(c.mailbox()))
                .append("rows", new BsonBinary(PlacementColumns.encode(c.messages())))
                .append("moved", BsonBoolean.valueOf(c.moved()));
        yield put(added, "from", c.from());
      }
      case Change.FlagsChanged c ->
          of("flagsChanged")
              .append("mailbox", Ids.bson(c.mailbox()))
              .append("uids", uids(c.uids()))
              .append("operation", new BsonString(lower(c.operation())))
              .append("flags", flags(c.flags()));
      case Change.Expunged c ->
          put(
              of("expunged")
                  .append("mailbox", Ids.bson(c.mailbox()))
                  .append("uids", uids(c.uids())),
              "movedTo",
              c.movedTo());
      case Change.Forgotten c ->
          of("forgotten")
              .append("mailbox", Ids.bson(c.mailbox()))
              .append("uids", uids(c.uids()))
              .append("oldestLeft", new BsonDateTime(c.oldestLeft()));
      case Change.Repaired c -> of("repaired").append("mailbox", Ids.bson(c.mailbox()));
      case Change.QuotaChanged c -> of("quotaChanged").append("limit", new BsonInt64(c.limit()));
      case Change.Delivered c ->
          of("delivered")
              .append("key", new BsonString(c.key()))
              .append("index", new BsonInt64(c.index()));
      case Change.Closed c -> of("closed");
    };
  }

  private static Change change(BsonDocument from) {
    String kind = from.getString("change").getValue();
    return switch (kind) {
      case "mailboxCreated" ->
          new Change.MailboxCreated(
              Ids.mailbox(from, "mailbox"),
              path(from, "path"),
              uses(from.getArray("uses")),
              from.getInt32("uidValidity").getValue());
      case "mailboxRenamed" ->
          new Change.MailboxRenamed(
              Ids.mailbox(from, "mailbox"), path(from, "from"), path(from, "to"));
      case "mailboxDeleted" ->
          new Change.MailboxDeleted(Ids.mailbox(from, "mailbox"), path(from, "path"));
      case "subscribed" ->
          new Change.Subscribed(path(from, "path"), from.getBoolean("subscribed").getValue());
      case "added" ->
          new Change.Added(
              Ids.mailbox(from, "mailbox"),
              PlacementColumns.decode(from.getBinary("rows").getData()),
              mailboxOrNull(from, "from"),
              from.getBoolean("moved").getValue());
      case "flagsChanged" ->
          new Change.FlagsChanged(
              Ids.mailbox(from, "mailbox"),
              uids(from),
              operation(from.getString("operation").getValue()),
              flags(from.getArray("flags")));
      case "expunged" ->
          new Change.Expunged(
              Ids.mailbox(from, "mailbox"), uids(from), mailboxOrNull(from, "movedTo"));
      case "forgotten" ->
          new Change.Forgotten(
              Ids.mailbox(from, "mailbox"), uids(from), from.getDateTime("oldestLeft").getValue());
      case "repaired" -> new Change.Repaired(Ids.mailbox(from, "mailbox"));
      case "quotaChanged" -> new Change.QuotaChanged(from.getInt64("limit").getValue());
      case "delivered" ->
          new Change.Delivered(from.getString("key").getValue(), from.getInt64("index").getValue());
      case "closed" -> new Change.Closed();
      default -> throw new UnknownVersion("a change", kind);
    };
  }

  private static BsonDocument of(String kind) {
    return new BsonDocument("change", new BsonString(kind));
  }

  private static BsonDocument put(BsonDocument to, String field, @Nullable MailboxId mailbox) {
    return mailbox == null ? to : to.append(field, Ids.bson(mailbox));
  }

  private static @Nullable MailboxId mailboxOrNull(BsonDocument from, String field) {
    return from.containsKey(field) ? Ids.mailbox(from, field) : null;
  }

  private static BsonString path(MailboxPath path) {
    return new BsonString(path.value());
  }

  private static MailboxPath path(BsonDocument from, String field) {
    return new MailboxPath(from.getString(field).getValue());
  }

  private static BsonBinary uids(UidSet uids) {
    return new BsonBinary(UidRanges.encode(uids));
  }

  private static UidSet uids(BsonDocument from) {
    return UidRanges.decode(from.getBinary("uids").getData());
  }

  private static BsonArray flags(Flags flags) {
    return new BsonArray(flags.names().stream().map(BsonString::new).toList());
  }

  private static Flags flags(BsonArray names) {
    return Flags.of(names.stream().map(name -> name.asString().getValue()).toList());
  }

  private static String lower(FlagOperation operation) {
    return operation.name().toLowerCase(Locale.ROOT);
  }

  private static FlagOperation operation(String name) {
    for (FlagOperation operation : FlagOperation.values()) {
      if (lower(operation).equals(name)) {
        return operation;
      }
    }
    throw new UnknownVersion("an operation on flags", name);
  }

  static BsonArray uses(Set<SpecialUse> uses) {
    return new BsonArray(
        uses.stream().sorted().map(use -> new BsonString(use.attribute())).toList());
  }

  static Set<SpecialUse> uses(BsonArray from) {
    Set<SpecialUse> uses = new TreeSet<>();
    for (BsonValue value : from) {
      String attribute = value.asString().getValue();
      uses.add(
          SpecialUse.of(attribute)
              .orElseThrow(() -> new UnknownVersion("a special use", attribute)));
    }
    return uses;
  }
}
