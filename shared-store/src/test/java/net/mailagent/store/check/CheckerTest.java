package net.mailagent.store.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.PlacementColumns;
import net.mailagent.model.journal.PlacementSegment;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.Faults;
import net.mailagent.store.Store;
import net.mailagent.store.TestDatabase;
import net.mailagent.store.TimeMachine;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.Query;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Plants every kind of damage, and sees it found, and repaired where that can be. */
class CheckerTest {
  private static final Origin ORIGIN = new Origin("test", "", "");

  private final TestDatabase database = TestDatabase.open();
  private final TimeMachine time = new TimeMachine(new Faults());
  private final Store store = Store.open(database.settings(), time);
  private final UserId user =
      store
          .accounts()
          .create(new NewAccount("ann", "ann@example.org", List.of(), "x", "", "", 0, Map.of()));
  private final MailboxId inbox = inbox().id();

  CheckerTest() {
    for (int i = 0; i < 5; i++) {
      deliver("message " + i, i < 2 ? large(i) : "small");
    }
    commit(
        new StoreFlags(
            inbox,
            UidSet.of(2, 3),
            FlagOperation.ADD,
            Flags.of("\\Deleted", "\\Seen"),
            OptionalLong.empty()));
    commit(new ExpungeMessages(inbox, Optional.of(UidSet.of(3))));
    MailboxId other = commit(new CreateMailbox(new MailboxPath("Other"), Set.of(), 10));
    commit(new CopyMessages(inbox, UidSet.of(1, 2), other, false));
    MailboxId gone = commit(new CreateMailbox(new MailboxPath("Gone"), Set.of(), 10));
    commit(new CopyMessages(inbox, UidSet.of(1), gone, false));
    commit(new DeleteMailbox(new MailboxPath("Gone")));
    store.upkeep().checkpoint(user);
    deliver("in the tail", "small");
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  private <R> R commit(net.mailagent.model.journal.Edit<R> edit) {
    return store.mailboxes().commit(user, ORIGIN, edit).result();
  }

  private static String large(int seed) {
    return ("attachment " + seed + " ").repeat(10_000);
  }

  private void deliver(String subject, String body) {
    try (Messages.Intake intake = store.messages().receive(1 << 20)) {
      byte[] message = ("Subject: " + subject + "\r\n\r\n" + body).getBytes(ISO_8859_1);
      intake.write(ByteBuffer.wrap(message));
      assertThat(
              store
                  .messages()
                  .deliver(
                      intake.finish(),
                      List.of(new Messages.Delivery(user, new byte[0], null)),
                      ORIGIN))
          .hasOnlyElementsOfType(Messages.Verdict.Delivered.class);
    }
  }

  private MailboxState inbox() {
    return store.mailboxes().current(user).mailbox(MailboxPath.INBOX).orElseThrow();
  }

  private Documents documents(String collection) {
    return store.connection().documents(collection);
  }

  private List<Finding> check(boolean repair) {
    List<Finding> findings = new ArrayList<>();
    assertThat(store.checker().checkAll(repair, findings::add, () -> true)).isZero();
    return findings;
  }

  private void requireClean() {
    assertThat(check(false)).isEmpty();
  }

  /** What is wrong is found, told again, repaired and then gone; the state is as it was. */
  private void requireRepaired(Finding.Kind... kinds) {
    UserState before = whole;
    List<Finding> found = check(false);
    assertThat(found).extracting(Finding::kind).contains(kinds).containsOnly(kinds);
    assertThat(found).extracting(Finding::repair).containsOnly(Finding.Repair.NONE);
    List<Finding> repaired = check(true);
    assertThat(repaired).extracting(Finding::repair).containsOnly(Finding.Repair.DONE);
    requireClean();
    if (before != null) {
      UserState after = state();
      for (MailboxState was : before.mailboxes()) {
        MailboxState is = after.mailbox(was.id()).orElseThrow();
        assertThat(is.counters()).isEqualTo(was.counters());
        assertThat(is.path()).isEqualTo(was.path());
        assertThat(is.messages().sameRows(was.messages())).isTrue();
      }
      assertThat(after.root().quotaUsed()).isEqualTo(before.root().quotaUsed());
    }
    System.out.println(repaired.getFirst());
  }

  private UserState whole;

  private UserState state() {
    store.journals().forget(user);
    return store.journals().inspection().look(user).loaded().orElseThrow();
  }

  /** Changes the checkpoint document whose id has that in it, past all safeguards. */
  private void damage(String part, UnaryOperator<BsonDocument> change) {
    whole = state();
    BsonDocument found =
        documents("state").find(Query.of(new BsonDocument("user", Ids.bson(user))), 1000).stream()
            .filter(document -> document.getString("_id").getValue().contains(part))
            .findFirst()
            .orElseThrow();
    BsonDocument copy = new BsonDocument();
    found.forEach(copy::append);
    BsonDocument damaged = change.apply(copy);
    documents("state")
        .delete(new BsonDocument("_id", found.get("_id")).append("user", found.get("user")));
    if (damaged != null) {
      documents("state").insert(damaged);
    }
    store.journals().forget(user);
  }

  private void trim() {
    time.skip(Duration.ofDays(40), store);
    assertThat(store.upkeep().trim(user)).isPositive();
  }

  private BsonDocument withoutFirstRow(BsonDocument document) {
    PlacementSegment segment =
        PlacementColumns.decode(
            document.getInt32("number").getValue(),
            document.getInt64("seq").getValue(),
            document.getBinary("rows").getData());
    List<Placement> rows = new ArrayList<>();
    for (int i = 1; i < segment.size(); i++) {
      rows.add(segment.row(i));
    }
    PlacementSegment less = PlacementSegment.of(segment.number(), segment.seq(), rows);
    return document.append("rows", new BsonBinary(PlacementColumns.encode(less)));
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() {
    requireClean();
    trim();
    requireClean();
    assertThat(store.checker().counts().users()).isEqualTo(2);
    List<Finding> one = new ArrayList<>();
    store.checker().check(user, false, one::add);
    assertThat(one).isEmpty();
  }

  @Test
  void placementsThatAreNotTheFoldOfTheJournal() {
    damage("/p/" + inbox.hex(), this::withoutFirstRow);
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  @Test
  void aSegmentThatCannotBeRead() {
    damage("/p/" + inbox.hex(), d -> d.append("rows", new BsonBinary(new byte[] {2, 120, 1})));
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  @Test
  void whatANewerVersionWroteIsNotTouched() {
    damage("/p/" + inbox.hex(), d -> d.append("v", new BsonInt32(99)));
    List<Finding> findings = new ArrayList<>();
    assertThat(store.checker().checkAll(true, findings::add, () -> true))
        .as("users that could not be checked")
        .isEqualTo(1);
    assertThat(findings).isEmpty();
  }

  @Test
  void aHeadWithOtherCounters() {
    // of a mailbox without entries in the tail, which would bring the right figures
    damage(
        "/h/m/" + other().hex(),
        d -> {
          BsonDocument counters = new BsonDocument();
          d.getDocument("counters").forEach(counters::append);
          return d.append("counters", counters.append("messages", new BsonInt32(77)));
        });
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  private MailboxId other() {
    return store.mailboxes().current(user).mailbox(new MailboxPath("Other")).orElseThrow().id();
  }

  @Test
  void aMailboxThatIsMissing() {
    damage("/h/m/" + other().hex(), d -> null);
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  @Test
  void aMailboxThatNoEntryMade() {
    MailboxId stray = MailboxId.random();
    damage(
        "/h/m/" + other().hex(),
        d -> {
          BsonDocument copy = new BsonDocument();
          d.forEach(copy::append);
          documents("state")
              .insert(
                  copy.append("_id", new BsonString(user.hex() + "/h/m/" + stray.hex()))
                      .append("mailbox", Ids.bson(stray))
                      .append("path", new BsonString("Stray")));
          return d;
        });
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  @Test
  void aHeadWithoutItsSeq() {
    damage("/h/m/" + other().hex(), d -> d.append("seq", new BsonString("x")));
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  @Test
  void aMarkThatIsTooHigh() {
    damage("/mark", d -> d.append("mark", new BsonInt64(1000)));
    requireRepaired(Finding.Kind.CHECKPOINT);
  }

  @Test
  void otherNodesLoadAgainAfterARepair() {
    damage("/p/" + other().hex(), this::withoutFirstRow);
    try (Store two = Store.open(database.settings())) {
      MailboxState wrong =
          two.mailboxes().current(user, Set.of(other())).mailbox(other()).orElseThrow();
      assertThat(wrong.messages().size()).isEqualTo(1);
      requireRepaired(Finding.Kind.CHECKPOINT);
      MailboxState right =
          two.mailboxes().current(user, Set.of(other())).mailbox(other()).orElseThrow();
      assertThat(right.messages().size()).isEqualTo(2);
    }
  }

  @Test
  void placementsThatDoNotFitTheChecksumWhenTheJournalIsGone() {
    trim();
    damage("/p/" + inbox.hex(), this::withoutFirstRow);
    List<Finding> findings = check(true);
    assertThat(findings).extracting(Finding::kind).contains(Finding.Kind.CHECKPOINT);
    assertThat(findings.getFirst().repair())
        .as("what was there cannot be told")
        .isEqualTo(Finding.Repair.IMPOSSIBLE);
  }

  @Test
  void countersThatAreWrongWhenTheJournalIsGone() {
    trim();
    damage(
        "/h/m/" + inbox.hex(),
        d -> {
          BsonDocument counters = new BsonDocument();
          d.getDocument("counters").forEach(counters::append);
          return d.append("counters", counters.append("unseen", new BsonInt32(77)));
        });
    requireRepaired(Finding.Kind.COUNTERS);
  }

  @Test
  void aQuotaThatIsWrongWhenTheJournalIsGone() {
    trim();
    damage("/h/root", d -> d.append("quotaUsed", new BsonInt64(1)));
    requireRepaired(Finding.Kind.COUNTERS);
  }

  @Test
  void entriesThatAreMissing() {
    documents("journal")
        .delete(new BsonDocument("user", Ids.bson(user)).append("seq", new BsonInt64(5)));
    List<Finding> findings = check(true);
    assertThat(findings).extracting(Finding::kind).containsExactly(Finding.Kind.JOURNAL);
    assertThat(findings.getFirst().repair()).isEqualTo(Finding.Repair.IMPOSSIBLE);
    assertThat(findings.getFirst().text()).contains("after entry 4 comes entry 6");
  }

  @Test
  void contentsThatAreMissingOrOfAnotherSize() {
    List<BsonDocument> all =
        documents("messages").find(Query.of(new BsonDocument("user", Ids.bson(user))), 10);
    BsonDocument first =
        new BsonDocument("user", Ids.bson(user)).append("_id", all.get(0).get("_id"));
    BsonDocument second =
        new BsonDocument("user", Ids.bson(user)).append("_id", all.get(1).get("_id"));
    documents("messages").delete(first);
    documents("messages")
        .update(second, new BsonDocument("$set", new BsonDocument("size", new BsonInt64(1))));
    List<Finding> findings = check(true);
    assertThat(findings)
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder(Finding.Kind.CONTENT, Finding.Kind.CONTENT);
    assertThat(findings).extracting(Finding::repair).containsOnly(Finding.Repair.IMPOSSIBLE);
  }

  @Test
  void blobsThatAreMissingOrDamagedComeAgain() {
    List<BsonDocument> blobs = documents("blobs").find(Query.of(new BsonDocument()), 10);
    assertThat(blobs).hasSize(2);
    documents("blobs").delete(new BsonDocument("_id", blobs.get(0).get("_id")));
    documents("attachments.chunks")
        .updateAll(
            new BsonDocument("files_id", blobs.get(1).get("file")).append("n", new BsonInt32(0)),
            new BsonDocument("$set", new BsonDocument("data", new BsonBinary(new byte[64 << 10]))));
    List<Finding> one = new ArrayList<>();
    store.checker().check(user, false, one::add);
    assertThat(one).extracting(Finding::kind).containsOnly(Finding.Kind.BLOB).hasSize(2);
    List<Finding> findings = check(true);
    assertThat(findings).extracting(Finding::kind).containsOnly(Finding.Kind.BLOB).hasSize(2);
    assertThat(findings).extracting(Finding::repair).containsOnly(Finding.Repair.WAITING);
    time.skip(Duration.ofHours(2), store); // so that no node remembers them
    deliver("again", large(0));
    deliver("again", large(1));
    requireClean();
  }

  /** A message that shares the blob goes, so that the sweeper looks at it: it stays damaged. */
  @Test
  void aDamagedBlobWaitsForItsOctetsWhateverIsSweptMeanwhile() {
    BsonDocument blob = documents("blobs").find(Query.of(new BsonDocument()), 1).getFirst();
    BsonDocument name = new BsonDocument("_id", blob.get("_id"));
    documents("attachments.chunks")
        .updateAll(
            new BsonDocument("files_id", blob.get("file")).append("n", new BsonInt32(0)),
            new BsonDocument("$set", new BsonDocument("n", new BsonString("x"))));
    assertThat(check(true)).extracting(Finding::repair).containsOnly(Finding.Repair.WAITING);
    time.skip(Duration.ofHours(2), store); // so that no node remembers it
    documents("blobs")
        .updateAll(
            name,
            new BsonDocument(
                "$set",
                new BsonDocument("checkAfter", new BsonDateTime(System.currentTimeMillis()))));
    assertThat(store.sweeper().sweep()).isTrue();
    BsonDocument swept = documents("blobs").findOne(Query.of(name)).orElseThrow();
    assertThat(swept.keySet()).contains("doomed", "damaged").doesNotContain("checkAfter");
    deliver("again", large(0));
    deliver("again", large(1));
    requireClean();
    time.skip(Duration.ofDays(3), store);
    assertThat(store.sweeper().sweep()).isTrue();
    assertThat(documents("attachments.files").count(new BsonDocument(), 10))
        .as("the damaged file is gone, too")
        .isEqualTo(2);
    requireClean();
  }

  @Test
  void oneBlobThatCannotBeReadDoesNotHideOthers() {
    documents("attachments.chunks")
        .updateAll(
            new BsonDocument(),
            new BsonDocument("$set", new BsonDocument("data", new BsonString("x"))));
    documents("blobs")
        .updateAll(
            new BsonDocument(),
            new BsonDocument("$set", new BsonDocument("length", new BsonString("x"))));
    assertThat(check(false)).extracting(Finding::kind).containsOnly(Finding.Kind.BLOB).hasSize(2);
  }

  @Test
  void whatBelongsToNobody() {
    BsonValue file = new BsonObjectId(new ObjectId());
    BsonValue chunks = new BsonObjectId(new ObjectId());
    BsonValue nobody = new BsonObjectId(new ObjectId());
    UserId unknown = UserId.random();
    byte[] none = new byte[0];
    documents("attachments.files")
        .insert(new BsonDocument("_id", file).append("length", new BsonInt64(0)));
    documents("attachments.chunks")
        .insert(
            new BsonDocument("_id", nobody)
                .append("files_id", chunks)
                .append("n", new BsonInt32(0))
                .append("data", new BsonBinary(none)));
    BsonDocument blob = new BsonDocument();
    documents("blobs").find(Query.of(new BsonDocument()), 1).getFirst().forEach(blob::append);
    blob.remove("checkAfter");
    blob.append("_id", new BsonBinary(sha256(none)))
        .append("file", new BsonObjectId(new ObjectId()))
        .append("length", new BsonInt64(0));
    documents("blobs").insert(blob);
    documents("messages")
        .insert(
            new BsonDocument("_id", Ids.bson(net.mailagent.model.ContentId.random()))
                .append("user", Ids.bson(user))
                .append("size", new BsonInt64(1)));
    documents("journal")
        .insert(
            new BsonDocument("_id", new BsonString(unknown.hex() + "/1"))
                .append("user", Ids.bson(unknown))
                .append("seq", new BsonInt64(1))
                .append("at", new BsonDateTime(System.currentTimeMillis())));
    time.skip(Duration.ofDays(3), store);
    whole = null;
    List<Finding> found = check(false);
    assertThat(found).extracting(Finding::kind).containsOnly(Finding.Kind.ORPHAN).hasSize(5);
    assertThat(check(true)).extracting(Finding::repair).containsOnly(Finding.Repair.DONE);
    assertThat(check(false)).isEmpty();
  }

  private static byte[] sha256(byte[] octets) {
    try {
      return java.security.MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theScrubberFindsAndRepairsByItself() throws Exception {
    damage("/p/" + other().hex(), this::withoutFirstRow);
    ScrubSettings often = new ScrubSettings(Duration.ofMillis(200), Duration.ofMillis(1), true);
    try (Store scrubbing = Store.open(database.settings().withScrub(often))) {
      for (int i = 0; i < 200 && scrubbing.checker().counts().passes() < 2; i++) {
        Thread.sleep(50);
      }
      CheckCounts counts = scrubbing.checker().counts();
      assertThat(counts.passes()).isGreaterThanOrEqualTo(2);
      assertThat(counts.findings(Finding.Kind.CHECKPOINT)).isEqualTo(1);
      assertThat(counts.repaired()).isEqualTo(1);
    }
    requireClean();
  }
}
