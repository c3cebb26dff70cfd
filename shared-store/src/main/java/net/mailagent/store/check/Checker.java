package net.mailagent.store.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import net.mailagent.model.Refused;
import net.mailagent.model.UserId;
import net.mailagent.store.account.AccountRemoval;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.StoreClock;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import net.mailagent.store.sweep.Sweeper;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks one user, or everything. Blocks; any thread. */
public final class Checker {
  private static final Logger LOG = LoggerFactory.getLogger(Checker.class);
  private static final int PAGE = 500;

  private final MongoConnection connection;
  private final Journals journals;
  private final AccountRemoval removal;
  private final Sweeper sweeper;
  private final StoreClock clock;
  private final Duration grace;
  private final Duration retention;
  private final CheckCounts counts = new CheckCounts();

  /**
   * @param grace how old something must be before it counts as left over
   * @param retention how long contents of expunged messages are kept
   */
  public Checker(
      MongoConnection connection,
      Journals journals,
      AccountRemoval removal,
      Sweeper sweeper,
      StoreClock clock,
      Duration grace,
      Duration retention) {
    this.connection = connection;
    this.journals = journals;
    this.removal = removal;
    this.sweeper = sweeper;
    this.clock = clock;
    this.grace = grace;
    this.retention = retention;
  }

  /** What was checked by this node. */
  public CheckCounts counts() {
    return counts;
  }

  /**
   * Checks one user, and the octets of all its blobs.
   *
   * @param repair whether to repair what can be told for certain
   * @param findings takes each as it comes
   * @throws RuntimeException when it could not be checked
   */
  public void check(UserId user, boolean repair, Consumer<Finding> findings) {
    Consumer<Finding> counted = counted(findings);
    BlobCheck blobs = new BlobCheck(connection, clock, grace, repair, counted, () -> true);
    blobs.check(checkUser(user, repair, counted));
  }

  private Consumer<Finding> counted(Consumer<Finding> findings) {
    return finding -> {
      counts.add(finding);
      findings.accept(finding);
    };
  }

  private Set<BsonValue> checkUser(UserId user, boolean repair, Consumer<Finding> findings) {
    UserCheck check =
        new UserCheck(connection, journals, clock, retention.toMillis(), repair, findings);
    Set<BsonValue> blobs = check.check(user);
    if (check.orphans(user, clock.millis() - grace.toMillis()) > 0 && repair) {
      sweeper.sweepOrphans(user);
    }
    counts.user();
    return blobs;
  }

  /**
   * Checks all users, blobs and files, and what belongs to nobody.
   *
   * @param goesOn asked before each user, blob or file, and may take its time; false to stop
   * @return how many users, blobs and files could not be checked
   */
  public int checkAll(boolean repair, Consumer<Finding> findings, BooleanSupplier goesOn) {
    Consumer<Finding> counted = counted(findings);
    int failed = 0;
    UserId last = new UserId("0".repeat(24));
    List<UserId> page = usersAfter(last);
    while (!page.isEmpty()) {
      for (UserId user : page) {
        if (!goesOn.getAsBoolean()) {
          return failed;
        }
        try {
          checkUser(user, repair, counted);
        } catch (Refused deleted) {
          LOG.debug("user {} was deleted", user);
        } catch (RuntimeException e) {
          failed++;
          counts.failure();
          LOG.warn("user {} could not be checked: {}", user, e.toString());
        }
      }
      page = usersAfter(page.getLast());
    }
    for (String collection : List.of("journal", "state", "messages")) {
      checkOwners(collection, repair, counted, goesOn);
    }
    failed += new BlobCheck(connection, clock, grace, repair, counted, goesOn).checkAll();
    counts.pass();
    return failed;
  }

  private List<UserId> usersAfter(UserId last) {
    BsonDocument behind =
        new BsonDocument("_id", new BsonDocument("$gt", Ids.bson(last)))
            .append("deleted", BsonNull.VALUE);
    return connection
        .documents("users")
        .find(
            Query.of(behind)
                .sort(new BsonDocument("_id", new BsonInt32(1)))
                .project(new BsonDocument("_id", new BsonInt32(1))),
            PAGE)
        .stream()
        .map(user -> Ids.user(user, "_id"))
        .toList();
  }

  /** Looks for documents of users who are not there, one query for each user there is. */
  private void checkOwners(
      String collection, boolean repair, Consumer<Finding> findings, BooleanSupplier goesOn) {
    Documents documents = connection.documents(collection);
    BsonDocument order =
        new BsonDocument("user", new BsonInt32(1))
            .append(collection.equals("journal") ? "seq" : "_id", new BsonInt32(1));
    BsonDocument fields = new BsonDocument("user", new BsonInt32(1)).append("at", new BsonInt32(1));
    BsonValue last = new BsonObjectId(new ObjectId(new byte[12]));
    List<BsonDocument> owners = new ArrayList<>();
    do {
      owners.clear();
      while (owners.size() < PAGE && goesOn.getAsBoolean()) {
        BsonDocument behind = new BsonDocument("user", new BsonDocument("$gt", last));
        Optional<BsonDocument> next =
            documents.findOne(Query.of(behind).sort(order).project(fields));
        if (next.isEmpty()) {
          break;
        }
        owners.add(next.get());
        last = next.get().get("user", BsonNull.VALUE);
      }
      checkOwners(collection, owners, repair, findings);
    } while (owners.size() == PAGE);
  }

  private void checkOwners(
      String collection, List<BsonDocument> owners, boolean repair, Consumer<Finding> findings) {
    Set<BsonValue> unknown = new LinkedHashSet<>();
    long old = clock.millis() - grace.toMillis();
    for (BsonDocument owner : owners) {
      long at = owner.getDateTime("at", new BsonDateTime(0)).getValue();
      if (at < old) { // or else a user is just being made
        unknown.add(owner.get("user", BsonNull.VALUE));
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    Set<BsonValue> known = new HashSet<>();
    BsonDocument any = new BsonDocument("$in", new BsonArray(List.copyOf(unknown)));
    for (BsonDocument user :
        connection
            .documents("users")
            .find(
                Query.of(new BsonDocument("_id", any))
                    .project(new BsonDocument("_id", new BsonInt32(1))),
                unknown.size())) {
      known.add(user.get("_id", BsonNull.VALUE));
    }
    unknown.removeAll(known);
    for (BsonValue nobody : unknown) {
      UserId user = new UserId(nobody.asObjectId().getValue().toHexString());
      if (repair) {
        removal.abandon(user); // the sweeper purges it
      }
      findings.accept(
          new Finding(
              Finding.Kind.ORPHAN,
              Optional.of(user),
              "documents in " + collection + " of a user who does not exist",
              repair ? Finding.Repair.DONE : Finding.Repair.NONE));
    }
  }
}
