package net.mailagent.bench;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints a row as soon as it is measured. With two servers a row ends with how many times faster
 * the first is than the second, by operations per second and by the median; every row of a larger
 * mailbox says how much longer the median takes there than in the smallest: near 1 is an index at
 * work, near the ratio of the sizes is a scan.
 */
final class Table {
  private final PrintStream out;
  private final List<Server> servers;
  private final Map<String, List<Measurement.Result>> smallest = new HashMap<>();

  Table(PrintStream out, List<Server> servers) {
    this.out = out;
    this.servers = servers;
  }

  void head() {
    StringBuilder head = new StringBuilder(format("%-24s %7s %7s", "operation", "clients", "N"));
    for (Server server : servers) {
      head.append(
          format(" | %9s %9s %9s %6s", shorten(server.name()), "p50 ms", "p99 ms", "growth"));
    }
    if (servers.size() == 2) {
      head.append(format(" | %7s %7s", "rate", "p50"));
    }
    out.println(head);
    out.println("-".repeat(head.length()));
  }

  void row(Operation operation, int clients, int size, List<Measurement.Result> results) {
    StringBuilder row = new StringBuilder(format("%-24s %7d %7d", operation.name(), clients, size));
    List<Measurement.Result> first =
        smallest.putIfAbsent(operation.name() + "/" + clients, results);
    for (int i = 0; i < results.size(); i++) {
      Measurement.Result result = results.get(i);
      row.append(
          format(
              " | %7.0f/s %9.3f %9.3f %6s",
              result.perSecond(),
              result.millis(0.5),
              result.millis(0.99),
              first == null ? "" : format("x%.1f", result.millis(0.5) / first.get(i).millis(0.5))));
    }
    if (results.size() == 2) {
      row.append(
          format(
              " | %7s %7s",
              format("x%.2f", results.get(0).perSecond() / results.get(1).perSecond()),
              format("x%.2f", results.get(1).millis(0.5) / results.get(0).millis(0.5))));
    }
    out.println(row);
  }

  void failed(Operation operation, int clients, int size, Exception failure) {
    out.println(
        format("%-24s %7d %7d | FAILED: ", operation.name(), clients, size) + failure.getMessage());
  }

  private static String shorten(String name) {
    return name.length() <= 9 ? name : name.substring(0, 9);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the patterns are all in this class
  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
