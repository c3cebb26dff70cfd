package net.mailagent.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What clients do while their server is killed: one ledger per kind of change. */
final class Ledgers {
  private Ledgers() {}

  /** All of them; no two touch the same mailbox. */
  static List<Ledger> all(User user, Random random) {
    return List.of(
        new Deliveries(user, new Random(random.nextLong())),
        new Appends(user, new Random(random.nextLong())),
        new Flags(user, new Random(random.nextLong())),
        new Copies(user, new Random(random.nextLong())),
        new Moves(user, new Random(random.nextLong())),
        new Expunges(user, new Random(random.nextLong())));
  }

  static byte[] message(String id, Random random) {
    StringBuilder text =
        new StringBuilder("Received: from a.example.org by relay.example.org with ESMTP id ")
            .append("Q")
            .append(id)
            .append(";\r\n\t")
            .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
            .append("\r\nFrom: a@example.org\r\nSubject: ")
            .append(id)
            .append("\r\n\r\n");
    // Some are so large that their body lies in a blob.
    for (int lines = random.nextInt(5) == 0 ? 2000 : 10; lines > 0; lines--) {
      text.append(Long.toString(random.nextLong(), 36)).append(" and so on and on and on\r\n");
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String set(Collection<Long> uids) {
    return uids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Some of them, at least one, ascending. */
  private static List<Long> some(Set<Long> uids, int most, Random random) {
    List<Long> all = new ArrayList<>(uids);
    java.util.Collections.shuffle(all, random);
    return all.subList(0, Math.min(all.size(), 1 + random.nextInt(most))).stream()
        .sorted()
        .toList();
  }

  private static void fill(Imap imap, String mailbox, int count, Random random) throws IOException {
    imap.run("CREATE " + mailbox);
    for (int n = 0; n < count; n++) {
      imap.append(mailbox, message(mailbox + n, random));
    }
  }

  /** Deliveries by LMTP: each acknowledged one once, and an unclear one at most once. */
  private static final class Deliveries extends Ledger {
    private final Random random;
    private final Map<String, byte[]> delivered = new TreeMap<>();
    private Optional<String> unclear = Optional.empty();
    private byte[] unclearMessage = {};

    Deliveries(User user, Random random) {
      super(user, "INBOX");
      this.random = random;
    }

    @Override
    void prepare(Imap imap) {}

    @Override
    void work(int imap, int lmtp) throws IOException {
      try (Lmtp connection = new Lmtp(lmtp)) {
        while (true) {
          String id = "delivery" + delivered.size();
          unclearMessage = message(id, random);
          unclear = Optional.of(id);
          connection.deliver(user.address(), unclearMessage);
          delivered.put(id, unclearMessage);
          unclear = Optional.empty();
          acknowledged();
        }
      }
    }

    @Override
    void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) throws IOException {
      List<String> there = found.get("INBOX").ids().values().stream().sorted().toList();
      Set<String> allowed = new TreeSet<>(delivered.keySet());
      if (unclear.isPresent() && there.contains(unclear.get())) {
        allowed.add(unclear.get());
      }
      assertThat(there).as("deliveries, each once").isEqualTo(List.copyOf(allowed));
      if (unclear.isPresent()) {
        // The relay did not hear our answer, so it comes again: still once, whatever we had done.
        lmtp.deliver(user.address(), unclearMessage);
        delivered.put(unclear.get(), unclearMessage);
        unclear = Optional.empty();
      }
      imap.run("EXAMINE INBOX");
      List<String> after = new ArrayList<>();
      for (Fetched fetched : imap.fetch("1:*", "BODY.PEEK[]")) {
        String stored = new String(fetched.section("BODY[]"), StandardCharsets.ISO_8859_1);
        String id = stored.replaceFirst("(?s).*?\r\nSubject: (delivery\\d+)\r\n.*", "$1");
        after.add(id);
        assertThat(stored)
            .as("all octets of " + id)
            .endsWith(new String(delivered.get(id), StandardCharsets.ISO_8859_1));
      }
      assertThat(after).hasSameSizeAs(delivered.keySet()).containsAll(delivered.keySet());
    }
  }

  /** APPEND: the UID that was promised is that message. */
  private static final class Appends extends Ledger {
    private final Random random;
    private final Map<Long, byte[]> appended = new TreeMap<>();
    private int made;

    Appends(User user, Random random) {
      super(user, "Appended");
      this.random = random;
    }

    @Override
    void prepare(Imap imap) throws IOException {
      imap.run("CREATE Appended");
    }

    @Override
    void work(int imap, int lmtp) throws IOException {
      try (Imap connection = Imap.login(imap, user)) {
        while (true) {
          byte[] message = message("append" + made++, random);
          appended.put(connection.append("Appended", message), message);
          acknowledged();
        }
      }
    }

    @Override
    void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) throws IOException {
      TreeMap<Long, Snapshot.Found> there = found.get("Appended").messages();
      assertThat(there.keySet()).containsAll(appended.keySet());
      assertThat(there.size()).as("appended").isBetween(appended.size(), appended.size() + 1);
      assertThat(new HashSet<>(found.get("Appended").ids().values())).hasSameSizeAs(there.keySet());
      imap.run("EXAMINE Appended");
      for (Fetched fetched : imap.fetch("1:*", "BODY.PEEK[]")) {
        byte[] octets = fetched.section("BODY[]");
        byte[] promised = appended.putIfAbsent(fetched.uid, octets);
        if (promised != null) {
          assertThat(octets).as("UID " + fetched.uid).isEqualTo(promised);
        }
      }
    }
  }

  /** STORE of many at once: all as acknowledged; the unclear one for all its messages or none. */
  private static final class Flags extends Ledger {
    private final Random random;
    private Map<Long, Set<String>> flags = new TreeMap<>();
    private Optional<Map<Long, Set<String>>> unclear = Optional.empty();

    Flags(User user, Random random) {
      super(user, "Flagged");
      this.random = random;
    }

    @Override
    void prepare(Imap imap) throws IOException {
      fill(imap, "Flagged", 20, random);
      Snapshot.of(imap, "Flagged").messages().keySet().forEach(uid -> flags.put(uid, Set.of()));
    }

    @Override
    void work(int imap, int lmtp) throws IOException {
      try (Imap connection = Imap.login(imap, user)) {
        connection.run("SELECT Flagged");
        while (true) {
          List<Long> uids = some(flags.keySet(), 20, random);
          String flag = List.of("\\Seen", "\\Flagged", "$Label", "$Other").get(random.nextInt(4));
          boolean add = random.nextBoolean();
          Map<Long, Set<String>> next = new TreeMap<>(flags);
          for (long uid : uids) {
            Set<String> own = new HashSet<>(flags.get(uid));
            boolean unused = add ? own.add(flag) : own.remove(flag);
            next.put(uid, own);
          }
          unclear = Optional.of(next);
          connection.run(
              "UID STORE " + set(uids) + (add ? " +" : " -") + "FLAGS.SILENT (" + flag + ")");
          flags = next;
          unclear = Optional.empty();
          acknowledged();
        }
      }
    }

    @Override
    void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) {
      Map<Long, Set<String>> there = new TreeMap<>();
      found.get("Flagged").messages().forEach((uid, message) -> there.put(uid, message.flags()));
      assertThat(there).as("flags").isIn(flags, unclear.orElse(flags));
      flags = there;
      unclear = Optional.empty();
    }
  }

  /**
   * COPY: the UIDs that were promised are those messages; the unclear one is there wholly or not.
   */
  private static final class Copies extends Ledger {
    private final Random random;
    private Map<Long, String> source = Map.of();
    private Map<Long, String> copies = new TreeMap<>();
    private List<String> unclear = List.of();

    Copies(User user, Random random) {
      super(user, "Source", "Copies");
      this.random = random;
    }

    @Override
    void prepare(Imap imap) throws IOException {
      fill(imap, "Source", 12, random);
      imap.run("CREATE Copies");
      source = Snapshot.of(imap, "Source").ids();
    }

    @Override
    void work(int imap, int lmtp) throws IOException {
      try (Imap connection = Imap.login(imap, user)) {
        connection.run("SELECT Source");
        while (true) {
          List<Long> uids = some(source.keySet(), 5, random);
          unclear = uids.stream().map(source::get).toList();
          Imap.Answer answer = connection.run("UID COPY " + set(uids) + " Copies");
          put(answer, source, copies);
          unclear = List.of();
          acknowledged();
        }
      }
    }

    @Override
    void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) {
      assertThat(found.get("Source").ids()).as("what was copied").isEqualTo(source);
      Map<Long, String> there = found.get("Copies").ids();
      assertThat(there).as("copies").containsAllEntriesOf(copies);
      Map<Long, String> more = new TreeMap<>(there);
      more.keySet().removeAll(copies.keySet());
      assertThat(List.copyOf(more.values())).as("copies nobody confirmed").isIn(List.of(), unclear);
      copies = there;
      unclear = List.of();
    }
  }

  /** Notes where COPYUID says that messages are now. */
  private static void put(Imap.Answer answer, Map<Long, String> from, Map<Long, String> to) {
    List<Long> sources = Ledger.uids(answer.find("\\[COPYUID \\d+ ([\\d:,]+) "));
    List<Long> targets = Ledger.uids(answer.find("\\[COPYUID \\d+ [\\d:,]+ ([\\d:,]+)]"));
    assertThat(targets).hasSameSizeAs(sources);
    for (int i = 0; i < sources.size(); i++) {
      to.put(targets.get(i), from.get(sources.get(i)));
    }
  }

  /** MOVE: each message in one of two mailboxes, never in both, never in none. */
  private static final class Moves extends Ledger {
    private static final int MESSAGES = 12;

    private final Random random;
    private Map<Long, String> left = new TreeMap<>();
    private Map<Long, String> right = new TreeMap<>();
    private Set<String> unclear = Set.of();

    Moves(User user, Random random) {
      super(user, "Left", "Right");
      this.random = random;
    }

    @Override
    void prepare(Imap imap) throws IOException {
      fill(imap, "Left", MESSAGES, random);
      imap.run("CREATE Right");
      left.putAll(Snapshot.of(imap, "Left").ids());
    }

    @Override
    void work(int imap, int lmtp) throws IOException {
      try (Imap connection = Imap.login(imap, user)) {
        while (true) {
          boolean back = left.isEmpty() || (!right.isEmpty() && random.nextBoolean());
          Map<Long, String> from = back ? right : left;
          Map<Long, String> to = back ? left : right;
          connection.run("SELECT " + (back ? "Right" : "Left"));
          List<Long> uids = some(from.keySet(), 5, random);
          unclear = uids.stream().map(from::get).collect(Collectors.toSet());
          Imap.Answer answer =
              connection.run("UID MOVE " + set(uids) + " " + (back ? "Left" : "Right"));
          put(answer, from, to);
          from.keySet().removeAll(uids);
          unclear = Set.of();
          acknowledged();
        }
      }
    }

    @Override
    void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) {
      Map<Long, String> nowLeft = found.get("Left").ids();
      Map<Long, String> nowRight = found.get("Right").ids();
      List<String> all = new ArrayList<>(nowLeft.values());
      all.addAll(nowRight.values());
      assertThat(all)
          .as("messages in both, none doubled")
          .hasSize(MESSAGES)
          .doesNotHaveDuplicates();
      Set<String> moved = new HashSet<>();
      left.forEach((uid, id) -> noteMoved(uid, id, nowLeft, moved));
      right.forEach((uid, id) -> noteMoved(uid, id, nowRight, moved));
      assertThat(moved).as("moves nobody confirmed").isIn(Set.of(), unclear);
      left = new TreeMap<>(nowLeft);
      right = new TreeMap<>(nowRight);
      unclear = Set.of();
    }

    private static void noteMoved(long uid, String id, Map<Long, String> now, Set<String> moved) {
      if (!id.equals(now.get(uid))) {
        moved.add(id);
      }
    }
  }

  /** EXPUNGE: what was acknowledged is gone for ever, all else is there. */
  private static final class Expunges extends Ledger {
    private final Random random;
    private final Set<Long> left = new TreeSet<>();
    private final Set<Long> gone = new TreeSet<>();
    private Optional<Long> unclear = Optional.empty();
    private int rounds;

    Expunges(User user, Random random) {
      super(user, "Doomed");
      this.random = random;
    }

    @Override
    void prepare(Imap imap) throws IOException {
      fill(imap, "Doomed", 15, random);
      left.addAll(Snapshot.of(imap, "Doomed").messages().keySet());
    }

    @Override
    void work(int imap, int lmtp) throws IOException {
      try (Imap connection = Imap.login(imap, user)) {
        connection.run("SELECT Doomed");
        while (true) {
          if (left.size() < 10) {
            left.add(connection.append("Doomed", message("more" + rounds++, random)));
          }
          long uid = some(left, 1, random).getFirst();
          connection.run("UID STORE " + uid + " +FLAGS.SILENT (\\Deleted)");
          unclear = Optional.of(uid);
          connection.run("UID EXPUNGE " + uid);
          left.remove(uid);
          gone.add(uid);
          unclear = Optional.empty();
          acknowledged();
        }
      }
    }

    @Override
    void check(Map<String, Snapshot> found, Imap imap, Lmtp lmtp) {
      Set<Long> there = new TreeSet<>(found.get("Doomed").messages().keySet());
      Set<Long> without = new TreeSet<>(left);
      unclear.ifPresent(without::remove);
      assertThat(there).as("what was expunged").noneMatch(gone::contains);
      // An APPEND under way may have added one.
      Set<Long> more = new TreeSet<>(there);
      more.removeAll(left);
      assertThat(more.size()).as("what nobody confirmed").isLessThanOrEqualTo(1);
      there.removeAll(more);
      assertThat(there).as("what was not expunged").isIn(left, without);
      left.removeIf(uid -> !there.contains(uid) && gone.add(uid));
      left.addAll(more);
      unclear = Optional.empty();
    }
  }
}
