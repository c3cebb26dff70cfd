package net.mailagent.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Loads one or two IMAP and LMTP servers and prints operations per second, median and 99th
 * percentile. {@code bench/beside-dovecot} starts two servers and calls it; by hand:
 *
 * <pre>
 * java -cp bench/target/classes net.mailagent.bench.Load
 *     --server name=agent,imap=9143,lmtp=2424,http=8080 --sizes 1000,10000 --clients 1,8
 * </pre>
 */
public final class Load {
  private static final String USAGE =
      """
      usage: Load --server name=…,imap=[host:]port,lmtp=[host:]port[,http=[host:]port] [--server …]
        --sizes 1000,10000    messages in the mailbox, smallest first
        --clients 1,8         clients at the same time, all on the same mailbox
        --seconds 2           measured per operation, server, size and number of clients
        --warm-up 0.5         seconds before that
        --slice 0.05          seconds that one server works before it is the other's turn
        --only deliver,fetch  operations whose names begin so
      Two servers are measured in turn, and the last columns say how many times faster the first is.
      """;

  private final List<Server> servers = new ArrayList<>();
  private List<Integer> sizes = List.of(1000, 10_000);
  private List<Integer> clients = List.of(1, 8);
  private List<String> only = List.of("");
  private double seconds = 2;
  private double warmUp = 0.5;
  private double slice = 0.05;

  private Load() {}

  /** Exits with 1 when an operation failed, 2 when the arguments are wrong. */
  public static void main(String[] arguments) throws InterruptedException, IOException {
    Load load = new Load();
    try {
      load.read(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    System.exit(load.run() ? 0 : 1);
  }

  private void read(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " needs a value");
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--server" -> servers.add(Server.parse(value));
        case "--sizes" -> sizes = numbers(value);
        case "--clients" -> clients = numbers(value);
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--warm-up" -> warmUp = Double.parseDouble(value);
        case "--slice" -> slice = Double.parseDouble(value);
        case "--only" -> only = List.of(value.split(","));
        default -> throw new IllegalArgumentException("no option " + arguments[i]);
      }
    }
    if (servers.isEmpty() || servers.size() > 2) {
      throw new IllegalArgumentException("one or two --server");
    }
    if (sizes.getFirst() < 100) {
      throw new IllegalArgumentException("--sizes from 100 on");
    }
  }

  private static List<Integer> numbers(String text) {
    return Arrays.stream(text.split(",")).map(Integer::valueOf).sorted().toList();
  }

  private boolean run() throws IOException, InterruptedException {
    String stamp = Long.toString(System.currentTimeMillis(), 36);
    // populations.get(s) are the mailboxes of size s, one per server.
    List<List<Population>> populations = new ArrayList<>();
    for (int size : sizes) {
      List<Population> mailboxes = new ArrayList<>();
      for (Server server : servers) {
        long began = System.nanoTime();
        mailboxes.add(
            Population.fill(server, "load" + stamp + "n" + size + "s" + mailboxes.size(), size));
        double took = (System.nanoTime() - began) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%s: %d messages delivered over 8 connections in %.1f s, %.0f/s%n",
            server.name(),
            size,
            took,
            size / took);
      }
      populations.add(mailboxes);
    }
    System.out.println();
    Measurement measurement =
        new Measurement((long) (warmUp * 1e9), (long) (seconds * 1e9), (long) (slice * 1e9));
    Table table = new Table(System.out, servers);
    table.head();
    boolean good = true;
    for (int count : clients) {
      for (Operation operation : Operation.ALL) {
        if (only.stream().noneMatch(operation.name()::startsWith)
            || (count > 1 && !operation.concurrent())) {
          continue;
        }
        for (int s = 0; s < sizes.size(); s++) {
          try {
            List<Population> mailboxes = populations.get(s);
            table.row(operation, count, sizes.get(s), measurement.run(operation, mailboxes, count));
          } catch (IOException e) {
            good = false;
            table.failed(operation, count, sizes.get(s), e);
          }
          if (operation.changes()) {
            populations.set(s, restored(populations.get(s)));
          }
        }
      }
    }
    return good;
  }

  private static List<Population> restored(List<Population> mailboxes) throws IOException {
    List<Population> restored = new ArrayList<>();
    for (Population population : mailboxes) {
      restored.add(population.restored());
    }
    return restored;
  }
}
