package net.mailagent.store.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import net.mailagent.model.EmailAddress;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.port.Account;
import net.mailagent.model.port.Accounts;
import net.mailagent.model.port.NewAccount;
import net.mailagent.store.journal.Deadline;
import net.mailagent.store.journal.Journals;
import net.mailagent.store.journal.StoreClock;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.DuplicateKey;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.Query;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts over three collections: {@code usernames} and {@code addresses}, whose {@code _id} is
 * the normalised name (the only uniqueness that works on any shard), and {@code users}. A user
 * exists from the moment its document does: names are reserved first, then the journal is begun,
 * the document comes last. A reserved name without a user is nobody's, and free again after a
 * while. Any thread.
 */
public final class AccountStore implements Accounts {
  private static final Logger LOG = LoggerFactory.getLogger(AccountStore.class);
  static final int VERSION = 1;
  private static final Origin ORIGIN = new Origin("system", "", "account");

  private final Documents users;
  private final Documents usernames;
  private final Documents addresses;
  private final Journals journals;
  private final AccountRemoval removal;
  private final StoreClock clock;
  private final AccountSettings settings;
  private final Cache<String, Account> found;

  public AccountStore(
      MongoConnection connection,
      Journals journals,
      AccountRemoval removal,
      StoreClock clock,
      AccountSettings settings) {
    this.users = connection.documents("users");
    this.usernames = connection.documents("usernames");
    this.addresses = connection.documents("addresses");
    this.journals = journals;
    this.removal = removal;
    this.clock = clock;
    this.settings = settings;
    this.found =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheUsers())
            .expireAfterWrite(settings.cacheAge())
            .build();
  }

  /** A name to be taken. */
  private record Name(Documents in, String value, Refusal taken) {}

  @Override
  public UserId create(NewAccount account) {
    UserId user = UserId.random();
    long began = System.nanoTime();
    List<Name> names = names(account);
    List<Name> reserved = new ArrayList<>();
    boolean begun = false;
    boolean mayExist = false; // then the names stay
    try {
      for (Name name : names) {
        reserved.add(name); // before the call: it may take effect and fail
        reserve(name, user);
      }
      begun = true;
      journals.begin(user, ORIGIN, new OpenAccount(account.mailboxes(), account.quota()));
      if (System.nanoTime() - began > settings.reservationAge().toNanos() / 2) {
        throw new StoreUnavailable("making the user took too long");
      }
      mayExist = true;
      if (!insert(document(user, account), user)) {
        mayExist = false;
        throw new StoreUnavailable("the user was not made, try again");
      }
      return user;
    } finally {
      if (!mayExist) {
        giveUp(reserved, user, begun);
      }
    }
  }

  private List<Name> names(NewAccount account) {
    List<Name> names = new ArrayList<>();
    names.add(
        new Name(
            usernames, normalised(account.username()), new Refusal.UserExists(account.username())));
    for (String address : addressesOf(account)) {
      names.add(new Name(addresses, address, new Refusal.AddressExists(address)));
    }
    return names;
  }

  private static Set<String> addressesOf(NewAccount account) {
    Set<String> all = new LinkedHashSet<>();
    all.add(normalised(account.address()));
    account.moreAddresses().forEach(address -> all.add(normalised(address)));
    return all;
  }

  /** Names are compared without case, in one form of accents and of their domain. */
  static String normalised(String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    int domain = composed.lastIndexOf('@') + 1;
    return domain == 0
        ? composed
        : composed.substring(0, domain) + EmailAddress.canonicalDomain(composed.substring(domain));
  }

  private void reserve(Name name, UserId user) {
    BsonDocument reservation =
        new BsonDocument("_id", new BsonString(name.value()))
            .append("v", new BsonInt32(VERSION))
            .append("user", Ids.bson(user))
            .append("at", new BsonDateTime(clock.millis()));
    try {
      name.in().insert(reservation);
    } catch (DuplicateKey e) {
      takeOver(name, user);
    }
  }

  /** Takes a name that was reserved long ago for a user who was never made. */
  private void takeOver(Name name, UserId user) {
    Query query = Query.of(new BsonDocument("_id", new BsonString(name.value())));
    BsonDocument old =
        name.in().findOne(query).orElseThrow(() -> new Refused(name.taken())); // just released
    long age = clock.millis() - old.getDateTime("at").getValue();
    // that user can be made no more from here on, and the journal it may have begun is swept
    boolean free =
        age > settings.reservationAge().toMillis() && removal.abandon(Ids.user(old, "user"));
    if (!free) {
      throw new Refused(name.taken());
    }
    BsonDocument mine =
        new BsonDocument("user", Ids.bson(user)).append("at", new BsonDateTime(clock.millis()));
    if (!name.in().update(AccountRemoval.asItIs(old), new BsonDocument("$set", mine))) {
      throw new Refused(name.taken());
    }
  }

  private static Query byUser(BsonDocument reservation) {
    return Query.of(new BsonDocument("_id", reservation.get("user")));
  }

  /**
   * Frees the names as far as possible; what stays is free after a while. They stay when there may
   * be a journal of which nobody would know without them.
   */
  private void giveUp(List<Name> reserved, UserId user, boolean begun) {
    try {
      if (begun && !removal.abandon(user)) {
        return;
      }
    } catch (RuntimeException e) {
      LOG.warn("the names of a user who was not made stay reserved for a while: {}", e.toString());
      return;
    }
    for (Name name : reserved) {
      try {
        name.in()
            .delete(
                new BsonDocument("_id", new BsonString(name.value()))
                    .append("user", Ids.bson(user)));
      } catch (RuntimeException e) {
        LOG.warn("the name {} stays reserved for a while: {}", name.value(), e.toString());
      }
    }
  }

  private BsonDocument document(UserId user, NewAccount account) {
    BsonArray all = new BsonArray();
    addressesOf(account).forEach(address -> all.add(new BsonString(address)));
    return new BsonDocument("_id", Ids.bson(user))
        .append("v", new BsonInt32(VERSION))
        .append("username", new BsonString(account.username()))
        .append("address", new BsonString(normalised(account.address())))
        .append("addresses", all)
        .append("password", new BsonString(account.passwordHash()))
        .append("name", new BsonString(account.name()))
        .append("language", new BsonString(account.language()))
        .append("quota", new BsonInt64(account.quota()))
        .append("disabled", BsonBoolean.FALSE)
        .append("created", new BsonDateTime(clock.millis()));
  }

  /**
   * Inserts the user; an unclear outcome is settled: the user is found, or can never be made.
   *
   * @return whether it was made
   * @throws StoreUnavailable when nobody can know for as long as a commit may take
   */
  private boolean insert(BsonDocument document, UserId user) {
    try {
      users.insert(document);
      return true;
    } catch (DuplicateKey | StoreUnavailable e) {
      LOG.debug("whether user {} was made is asked for: {}", user, e.toString());
    }
    Deadline deadline = journals.deadline();
    while (true) {
      try {
        return byId(user).isPresent() || !removal.abandon(user);
      } catch (StoreUnavailable e) {
        if (deadline.passed()) {
          throw new StoreUnavailable("the user may or may not have been made", e);
        }
        deadline.pause();
      }
    }
  }

  @Override
  public Optional<Account> byLogin(String usernameOrAddress) {
    String name = normalised(usernameOrAddress);
    return remembered(
        "login " + name,
        () -> resolve(usernames, List.of(name)).or(() -> resolve(addresses, List.of(name))));
  }

  @Override
  public Optional<Account> byAddress(String address) {
    String exact = normalised(address);
    return remembered("address " + exact, () -> resolve(addresses, candidates(exact)));
  }

  /** The address itself, then without its sub-address (RFC 5233): user+tag goes to user. */
  static List<String> candidates(String address) {
    int at = address.lastIndexOf('@');
    int plus = address.indexOf('+');
    return plus > 0 && (at < 0 || plus < at)
        ? List.of(address, address.substring(0, plus) + (at < 0 ? "" : address.substring(at)))
        : List.of(address);
  }

  private Optional<Account> remembered(String key, Supplier<Optional<Account>> lookup) {
    Account known = found.getIfPresent(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Account> now = lookup.get();
    now.ifPresent(account -> found.put(key, account));
    return now;
  }

  /** The user of the first of these names that has one. */
  private Optional<Account> resolve(Documents in, List<String> names) {
    BsonArray ids = new BsonArray(names.stream().map(BsonString::new).toList());
    List<BsonDocument> reservations =
        in.find(Query.of(new BsonDocument("_id", new BsonDocument("$in", ids))), names.size());
    for (String name : names) {
      for (BsonDocument reservation : reservations) {
        if (reservation.getString("_id").getValue().equals(name)) {
          Optional<Account> account = present(byUser(reservation));
          if (account.isPresent()) {
            return account;
          }
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Account> byId(UserId user) {
    return present(Query.of(new BsonDocument("_id", Ids.bson(user))));
  }

  private Optional<Account> present(Query query) {
    return users
        .findOne(query)
        .filter(found -> !AccountRemoval.isDeleted(found))
        .map(AccountStore::account);
  }

  @Override
  public void delete(UserId user) {
    try {
      removal.delete(user);
    } finally {
      found.asMap().values().removeIf(account -> account.id().equals(user));
    }
  }

  private static Account account(BsonDocument from) {
    BsonValue version = from.get("v");
    if (!new BsonInt32(VERSION).equals(version)) {
      throw new StoreUnavailable("a newer version of mail-agent is needed for user " + version);
    }
    return new Account(
        Ids.user(from, "_id"),
        from.getString("username").getValue(),
        from.getString("address").getValue(),
        from.getString("password").getValue(),
        from.getBoolean("disabled").getValue());
  }
}
