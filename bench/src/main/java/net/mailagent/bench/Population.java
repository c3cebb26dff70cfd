package net.mailagent.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A user whose INBOX holds a known number of messages, and an empty mailbox {@value #OTHER} to copy
 * into. Immutable; {@link #restored} makes both so again after an operation changed them.
 *
 * @param address what LMTP delivers to
 * @param uids all messages of INBOX, ascending
 * @param attached those with an attachment in part 2
 */
record Population(
    Server server, String user, String address, List<Integer> uids, List<Integer> attached) {
  /** Where copies go. */
  static final String OTHER = "Load";

  /** One message of so many has an attachment. */
  private static final int ATTACHED_EVERY = 20;

  private static final int FILLERS = 8;
  private static final int ATTACHED_OCTETS = 100_000;

  /** Creates the user and delivers {@code size} messages by LMTP over several connections. */
  static Population fill(Server server, String user, int size)
      throws IOException, InterruptedException {
    String address = server.createUser(user);
    // Before the first delivery: Dovecot's processes trip over each other when several of them
    // create a user's INBOX.
    try (ImapConnection imap = ImapConnection.login(server, user)) {
      imap.run("CREATE " + OTHER);
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int n = 0; n < FILLERS; n++) {
      int share = size / FILLERS + (n < size % FILLERS ? 1 : 0);
      tasks.add(() -> {
        Mail mail = new Mail(Mail.newSeed());
        try (LmtpConnection lmtp = new LmtpConnection(server)) {
          for (int i = 0; i < share; i++) {
            byte[] message = i % ATTACHED_EVERY == 1 ? mail.withAttachment() : mail.small();
            lmtp.deliver(List.of(address), Mail.stuffed(message));
          }
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(FILLERS)) {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("filling " + server.name() + ": " + e.getCause(), e);
    }
    try (ImapConnection imap = ImapConnection.login(server, user)) {
      Population population = look(server, user, address, imap);
      if (population.uids.size() != size) {
        throw new IOException(
            server.name() + " took " + size + " messages and has " + population.uids.size());
      }
      // One in a hundred is flagged, so that a search for flags has something to find.
      StringBuilder flagged = new StringBuilder();
      for (int i = 0; i < size; i += 100) {
        flagged.append(i == 0 ? "" : ",").append(population.uids.get(i));
      }
      imap.run("UID STORE " + flagged + " +FLAGS.SILENT (\\Flagged)");
      return population;
    }
  }

  private static Population look(Server server, String user, String address, ImapConnection imap)
      throws IOException {
    imap.run("SELECT INBOX");
    return new Population(
        server, user, address, search(imap, "ALL"), search(imap, "LARGER " + ATTACHED_OCTETS));
  }

  private static List<Integer> search(ImapConnection imap, String what) throws IOException {
    List<Integer> uids = new ArrayList<>();
    for (String line : imap.run("UID SEARCH " + what).lines()) {
      if (line.startsWith("* SEARCH ")) {
        for (String uid : line.substring("* SEARCH ".length()).trim().split(" +", -1)) {
          uids.add(Integer.valueOf(uid));
        }
      }
    }
    return List.copyOf(uids);
  }

  /** Removes what operations added, brings back what they moved, and looks again. */
  Population restored() throws IOException {
    try (ImapConnection imap = ImapConnection.login(server, user)) {
      imap.run("SELECT INBOX");
      int last = uids.getLast();
      if (!search(imap, "UID " + (last + 1) + ":*").stream().allMatch(uid -> uid == last)) {
        imap.run("UID STORE " + (last + 1) + ":* +FLAGS.SILENT (\\Deleted)");
        imap.run("UID EXPUNGE " + (last + 1) + ":*");
      }
      boolean moved = search(imap, "ALL").size() < uids.size();
      if (moved) {
        imap.run("SELECT " + OTHER);
        imap.run("UID MOVE 1:* INBOX");
      }
      imap.run("SELECT INBOX");
      imap.run("DELETE " + OTHER);
      imap.run("CREATE " + OTHER);
      Population population = look(server, user, address, imap);
      if (population.uids.size() != uids.size()) {
        throw new IOException(
            server.name() + " has " + population.uids.size() + " messages, not " + uids.size());
      }
      return population;
    }
  }

  /**
   * The {@code n}th message of those that belong to one of several clients, so that no two meet.
   */
  int uid(int n, int client, int clients) {
    int own = uids.size() / clients;
    return uids.get(client + clients * Math.floorMod(n, own));
  }

  /**
   * The UID set of {@code count} neighbours from position {@code start} on, as far as there are.
   */
  String range(int start, int count) {
    int from = Math.floorMod(start, Math.max(1, uids.size() - count + 1));
    return uids.get(from) + ":" + uids.get(Math.min(from + count, uids.size()) - 1);
  }
}
