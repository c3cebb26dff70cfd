package net.mailagent.bench;

import java.io.IOException;
import java.util.List;

/**
 * Something that clients do and that is measured.
 *
 * @param name what the table calls it
 * @param concurrent whether several clients may do it to one mailbox without meeting each other
 * @param changes whether the mailbox must be restored afterwards
 */
record Operation(String name, boolean concurrent, boolean changes, Opening opening) {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  /** Opens the connections of one of several clients. */
  @FunctionalInterface
  interface Opening {
    Worker open(Population population, int client, int clients) throws IOException;
  }

  /** One command of a client that has INBOX selected. */
  @FunctionalInterface
  private interface Command {
    String text(Population population, int n, int client, int clients);
  }

  /** All, in the order of the table. */
  static final List<Operation> ALL =
      List.of(
          deliver("deliver small", Mail::small),
          deliver("deliver 100 KiB", Mail::withAttachment),
          append("append small", Mail::small),
          append("append 100 KiB", Mail::withAttachment),
          new Operation("idle: deliver to EXISTS", false, true, Operation::idle),
          reading("noop", (p, n, client, clients) -> "NOOP"),
          reading("select", (p, n, client, clients) -> "SELECT INBOX"),
          reading(
              "fetch 100 headers",
              (p, n, client, clients) ->
                  "UID FETCH "
                      + p.range(n * 977 + client * 131, 100)
                      + " (UID ENVELOPE FLAGS RFC822.SIZE)"),
          reading(
              "fetch body",
              (p, n, client, clients) ->
                  "UID FETCH " + p.uid(n, client, clients) + " (BODY.PEEK[])"),
          reading(
              "fetch 4 KiB of part",
              (p, n, client, clients) ->
                  "UID FETCH "
                      + p.attached().get(Math.floorMod(n * 7 + client, p.attached().size()))
                      + " (BODY.PEEK[2]<0.4096>)"),
          reading("search flag", (p, n, client, clients) -> "UID SEARCH FLAGGED"),
          reading(
              "search subject",
              (p, n, client, clients) -> "UID SEARCH SUBJECT " + Mail.word(n * 31 + client)),
          reading(
              "search body",
              (p, n, client, clients) -> "UID SEARCH BODY " + Mail.word(n * 37 + client)),
          changing(
              "store 1",
              UNLIMITED,
              (p, n, client, clients) ->
                  "UID STORE " + p.uid(n / 2, client, clients) + toggle(n, client)),
          changing(
              "store 1000",
              UNLIMITED,
              (p, n, client, clients) -> "UID STORE " + p.range(0, 1000) + toggle(n, client)),
          changing(
              "copy 1",
              UNLIMITED,
              (p, n, client, clients) ->
                  "UID COPY " + p.uid(n, client, clients) + " " + Population.OTHER),
          changing(
              "copy 100",
              300,
              (p, n, client, clients) ->
                  "UID COPY " + p.range(n * 977 + client * 131, 100) + " " + Population.OTHER),
          moving());

  /** Each client has a keyword of its own, so that each command changes something. */
  private static String toggle(int n, int client) {
    return (n % 2 == 0 ? " +" : " -") + "FLAGS.SILENT ($Load" + client + ")";
  }

  @FunctionalInterface
  private interface Message {
    byte[] from(Mail mail);
  }

  private static Operation deliver(String name, Message message) {
    return new Operation(
        name,
        true,
        true,
        (population, client, clients) -> {
          LmtpConnection lmtp = new LmtpConnection(population.server());
          Mail mail = new Mail(Mail.newSeed());
          List<String> recipients = List.of(population.address());
          return Worker.of(
              UNLIMITED,
              List.of(lmtp),
              n -> lmtp.deliver(recipients, Mail.stuffed(message.from(mail))));
        });
  }

  private static Operation append(String name, Message message) {
    return new Operation(
        name,
        true,
        true,
        (population, client, clients) -> {
          ImapConnection imap = ImapConnection.login(population.server(), population.user());
          Mail mail = new Mail(Mail.newSeed());
          return Worker.of(UNLIMITED, List.of(imap), n -> imap.append("INBOX", message.from(mail)));
        });
  }

  private static Operation reading(String name, Command command) {
    return selected(name, false, UNLIMITED, command);
  }

  private static Operation changing(String name, int limit, Command command) {
    return selected(name, true, limit, command);
  }

  private static Operation selected(String name, boolean changes, int limit, Command command) {
    return new Operation(
        name,
        true,
        changes,
        (population, client, clients) -> {
          ImapConnection imap = select(population);
          return Worker.of(
              limit, List.of(imap), n -> imap.run(command.text(population, n, client, clients)));
        });
  }

  private static ImapConnection select(Population population) throws IOException {
    ImapConnection imap = ImapConnection.login(population.server(), population.user());
    imap.run("SELECT INBOX");
    return imap;
  }

  /** Moves at most half of the mailbox away, so that it stays of about its size. */
  private static Operation moving() {
    return new Operation(
        "move 1",
        true,
        true,
        (population, client, clients) -> {
          ImapConnection imap = select(population);
          return Worker.of(
              population.uids().size() / clients / 2,
              List.of(imap),
              n ->
                  imap.run(
                      "UID MOVE " + population.uid(n, client, clients) + " " + Population.OTHER));
        });
  }

  /**
   * From the last octet of a delivery until its verdict and the idling client's EXISTS are here.
   */
  private static Worker idle(Population population, int client, int clients) throws IOException {
    ImapConnection imap = select(population);
    String id = imap.startIdle();
    LmtpConnection lmtp = new LmtpConnection(population.server());
    Mail mail = new Mail(Mail.newSeed());
    List<String> recipients = List.of(population.address());
    return new Worker() {
      @Override
      public long once() throws IOException {
        lmtp.begin(recipients);
        byte[] message = Mail.stuffed(mail.small());
        long began = System.nanoTime();
        lmtp.finish(recipients, message);
        imap.awaitExists();
        return System.nanoTime() - began;
      }

      @Override
      public void close() throws IOException {
        imap.endIdle(id);
        imap.close();
        lmtp.close();
      }
    };
  }
}
