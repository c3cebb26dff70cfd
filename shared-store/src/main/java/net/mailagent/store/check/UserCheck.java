package net.mailagent.store.check;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import net.mailagent.model.ContentId;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.ContentPlaces;
import net.mailagent.model.journal.Counters;
import net.mailagent.model.journal.ExpungedRow;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.store.journal.Inspection;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** Checks all that belongs to one user. One thread. */
final class UserCheck {
  private static final int BATCH = 500;

  /** Contents for which one look goes through all placements. */
  private static final int ORPHANS = 20_000;

  private final Journals journals;
  private final Inspection inspection;
  private final Documents messages;
  private final Documents blobs;
  private final InstantSource clock;
  private final long retentionMillis;
  private final boolean repair;
  private final Consumer<Finding> findings;
  private @Nullable UserState checked;

  /**
   * @param retentionMillis how long contents of expunged messages are there for certain
   * @param findings takes each as it comes
   */
  UserCheck(
      MongoConnection connection,
      Journals journals,
      InstantSource clock,
      long retentionMillis,
      boolean repair,
      Consumer<Finding> findings) {
    this.journals = journals;
    this.inspection = journals.inspection();
    this.messages = connection.documents("messages");
    this.blobs = connection.documents("blobs");
    this.clock = clock;
    this.retentionMillis = retentionMillis;
    this.repair = repair;
    this.findings = findings;
  }

  /**
   * Checks a user.
   *
   * @return the blobs its contents refer to
   */
  Set<BsonValue> check(UserId user) {
    Inspection.Seen seen = inspection.look(user);
    Optional<UserState> truth = seen.truth();
    seen.problems()
        .forEach(problem -> {
          boolean journal = problem.startsWith("after entry") || problem.startsWith("entry");
          find(
              user,
              journal ? Finding.Kind.JOURNAL : Finding.Kind.CHECKPOINT,
              problem,
              !journal && truth.isPresent());
        });
    boolean wrong = seen.loaded().isEmpty();
    if (seen.loaded().isPresent()) {
      UserState loaded = seen.loaded().get();
      if (truth.isPresent()) {
        for (String difference : Inspection.differences(truth.get(), loaded)) {
          find(user, Finding.Kind.CHECKPOINT, difference, true);
          wrong = true;
        }
      }
      seen.held()
          .filter(held -> !held.sameAs(loaded))
          .ifPresent(held -> {
            find(user, Finding.Kind.MEMORY, "this node has another state in memory", true);
            if (repair) {
              journals.forget(user);
            }
          });
    }
    if (wrong && truth.isPresent() && repair) {
      inspection.replace(truth.get());
    }
    UserState right = truth.or(seen::loaded).orElse(null);
    if (right == null || right.seq() == 0) {
      return Set.of();
    }
    checked = right;
    boolean recount = figures(user, right, truth.isPresent());
    if (repair && (recount || (wrong && truth.isPresent()))) {
      inspection.recount(user);
    }
    return contents(user, right);
  }

  private void find(UserId user, Finding.Kind kind, String text, boolean repairable) {
    Finding.Repair done =
        !repair
            ? Finding.Repair.NONE
            : repairable ? Finding.Repair.DONE : Finding.Repair.IMPOSSIBLE;
    findings.accept(new Finding(kind, Optional.of(user), text, done));
  }

  /**
   * Holds counters, checksums and quota against the placements.
   *
   * @param proven whether the placements are the fold of the history
   * @return whether they should be counted anew
   */
  private boolean figures(UserId user, UserState state, boolean proven) {
    boolean recount = false;
    long used = 0;
    for (MailboxState mailbox : state.mailboxes()) {
      Counters given = mailbox.counters();
      Counters counted = Counters.of(mailbox.messages(), given.uidNext());
      String name = "mailbox " + mailbox.path().value() + " (" + mailbox.id() + ")";
      if (counted.checksum() != given.checksum() && !proven) {
        find(
            user,
            Finding.Kind.CHECKPOINT,
            name + " has placements that its entries did not make",
            false);
      } else if (!counted.equals(given)) {
        find(user, Finding.Kind.COUNTERS, name + " says " + given + " and has " + counted, true);
        recount = true;
      }
      uids(user, mailbox, name);
      used += counted.size();
    }
    if (used != state.root().quotaUsed()) {
      find(
          user,
          Finding.Kind.COUNTERS,
          "the quota used is " + state.root().quotaUsed() + ", of the placements " + used,
          true);
      recount = true;
    }
    return recount;
  }

  /** Each uid is there once: uids of one segment ascend, or it cannot be read. */
  private void uids(UserId user, MailboxState mailbox, String name) {
    Set<Integer> gone = new HashSet<>();
    for (ExpungedRow row : mailbox.expunged()) {
      gone.add(row.row().uid());
    }
    for (int i = 0; i < mailbox.messages().size(); i++) {
      Placement row = mailbox.messages().at(i);
      if (gone.contains(row.uid())) {
        find(user, Finding.Kind.CHECKPOINT, name + " has uid " + row.uid() + " twice", false);
      }
      if (row.modSeq() < 1 || row.modSeq() > mailbox.modSeq()) {
        find(
            user,
            Finding.Kind.CHECKPOINT,
            name + " has uid " + row.uid() + " with modseq " + row.modSeq(),
            false);
      }
    }
  }

  // ---- contents

  private Set<BsonValue> contents(UserId user, UserState state) {
    Map<ContentId, Long> sizes = new HashMap<>();
    long kept = clock.millis() - retentionMillis;
    for (MailboxState mailbox : state.mailboxesAndTombstones()) {
      for (ExpungedRow gone : mailbox.expunged()) {
        if (gone.when() > kept) {
          sizes.put(gone.row().content(), gone.row().size());
        }
      }
      if (!mailbox.deleted()) {
        for (int i = 0; i < mailbox.messages().size(); i++) {
          Placement row = mailbox.messages().at(i);
          sizes.put(row.content(), row.size());
        }
      }
    }
    Set<BsonValue> referred = new LinkedHashSet<>();
    List<ContentId> all = new ArrayList<>(sizes.keySet());
    for (int from = 0; from < all.size(); from += BATCH) {
      List<ContentId> some = all.subList(from, Math.min(all.size(), from + BATCH));
      referred.addAll(contents(user, some, sizes));
    }
    return referred;
  }

  private Set<BsonValue> contents(UserId user, List<ContentId> wanted, Map<ContentId, Long> sizes) {
    BsonArray ids = new BsonArray(wanted.stream().map(Ids::bson).toList());
    Query query =
        Query.of(
                new BsonDocument("user", Ids.bson(user))
                    .append("_id", new BsonDocument("$in", ids)))
            .project(new BsonDocument("size", new BsonInt32(1)).append("blobs", new BsonInt32(1)));
    Set<ContentId> missing = new LinkedHashSet<>(wanted);
    Set<BsonValue> referred = new LinkedHashSet<>();
    for (BsonDocument found : messages.find(query, wanted.size())) {
      ContentId id = Ids.content(found, "_id");
      missing.remove(id);
      referred.addAll(found.getArray("blobs", new BsonArray()));
      long size = found.getNumber("size").longValue();
      if (size != sizes.getOrDefault(id, size)) {
        find(
            user,
            Finding.Kind.CONTENT,
            "content " + id + " has " + size + " octets, its placement " + sizes.get(id),
            false);
      }
    }
    missing.forEach(id -> find(user, Finding.Kind.CONTENT, "content " + id + " is missing", false));
    requireBlobs(user, referred);
    return referred;
  }

  /**
   * Looks for contents that were made before then and are nowhere.
   *
   * @return how many
   */
  int orphans(UserId user, long millis) {
    UserState state = checked;
    if (state == null) {
      return 0;
    }
    int orphans = 0;
    BsonValue last = Ids.bson(ContentId.first(0));
    List<ContentId> page;
    do {
      BsonDocument window =
          new BsonDocument("user", Ids.bson(user))
              .append(
                  "_id",
                  new BsonDocument("$gt", last)
                      .append("$lt", Ids.bson(ContentId.first(millis / 1000))));
      page =
          messages
              .find(
                  Query.of(window)
                      .sort(new BsonDocument("_id", new BsonInt32(1)))
                      .project(new BsonDocument("_id", new BsonInt32(1))),
                  ORPHANS)
              .stream()
              .map(found -> Ids.content(found, "_id"))
              .toList();
      ContentPlaces places = ContentPlaces.of(state, page);
      for (ContentId content : page) {
        if (places.of(content).isEmpty()) {
          orphans++;
          find(user, Finding.Kind.ORPHAN, "content " + content + " that nothing places", true);
        }
      }
      last = page.isEmpty() ? last : Ids.bson(page.getLast());
    } while (page.size() == ORPHANS);
    return orphans;
  }

  private void requireBlobs(UserId user, Set<BsonValue> referred) {
    if (referred.isEmpty()) {
      return;
    }
    Set<BsonValue> missing = new LinkedHashSet<>(referred);
    BsonDocument any = new BsonDocument("$in", new BsonArray(List.copyOf(referred)));
    for (BsonDocument found :
        blobs.find(
            Query.of(new BsonDocument("_id", any))
                .project(new BsonDocument("_id", new BsonInt32(1))),
            referred.size())) {
      missing.remove(found.get("_id"));
    }
    for (BsonValue blob : missing) {
      Finding.Repair repaired = repair ? Finding.Repair.WAITING : Finding.Repair.NONE;
      findings.accept(
          new Finding(
              Finding.Kind.BLOB,
              Optional.of(user),
              "blob " + BlobCheck.name(blob) + " is missing",
              repaired));
    }
  }
}
