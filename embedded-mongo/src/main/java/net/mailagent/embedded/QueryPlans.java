package net.mailagent.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the commands ask of a query, parsed and planned. Immutable. */
record QueryPlans(
    Plan.Chosen chosen, Doc query, long skip, long limit, @Nullable Projection projection) {

  static Plan.Chosen plan(
      Doc query, @Nullable Doc sort, @Nullable Value hint, List<IndexSpec> indexes) {
    Filter filter = FilterParser.parse(query);
    KeyPattern order = sort == null || sort.isEmpty() ? null : SortKeys.parse(sort);
    return Planner.plan(filter, order, indexes, hint);
  }

  /**
   * Of a find: filter, sort, hint, skip, limit, projection.
   *
   * @throws MongoError for what is malformed or not offered
   */
  static QueryPlans ofFind(Doc command, List<IndexSpec> indexes) {
    refuse(command, "collation", "min", "max", "returnKey", "tailable");
    Doc query = command.getDoc("filter", Doc.EMPTY);
    long skip = command.getLong("skip", 0);
    long limit = command.getLong("limit", 0);
    if (skip < 0 || limit < 0) {
      throw new MongoError(ErrorKind.BAD_VALUE, "skip and limit must be non-negative");
    }
    return new QueryPlans(
        plan(query, command.getDoc("sort", Doc.EMPTY), command.getNonNull("hint"), indexes),
        query,
        skip,
        limit,
        Projection.parse(command.getDoc("projection", Doc.EMPTY)));
  }

  /** Says clearly what this engine does not do, rather than ignoring it. */
  static void refuse(Doc command, String... options) {
    for (String option : options) {
      Value value = command.getNonNull(option);
      if (value != null && value.asBoolean() && !isSimple(value)) {
        throw new MongoError(
            ErrorKind.COMMAND_NOT_SUPPORTED,
            "the embedded engine does not have the option '" + option + "'");
      }
    }
  }

  private static boolean isSimple(Value value) {
    return value.isDocument() && "simple".equals(value.asDoc().getString("locale"));
  }

  Results results(long maxSortBytes, Scan.Counts counts) {
    return new Results(chosen, skip, limit, maxSortBytes, counts);
  }
}
