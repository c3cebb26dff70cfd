package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the index for a query without any statistics: the longest prefix of equalities wins, then
 * a range on the next field, then giving the order asked for. Any thread.
 */
final class Planner {
  /** More combinations of {@code $in} values than this are left to the filter. */
  private static final int MAX_RANGES = 200_000;

  /** More equal prefixes than this are sorted in memory instead of merged. */
  private static final int MAX_MERGE = 64;

  /** How deep {@code $or} within {@code $or} is followed; each level multiplies the branches. */
  private static final int MAX_UNIONS = 2;

  private static final KeyPattern ID_PATTERN =
      new KeyPattern(List.of(KeyPattern.Part.of("_id", false)));

  /** Bounds for one path; predicates of the same source hold for the same array element. */
  private record Predicate(String path, Bounds bounds, Object source) {}

  private record Candidate(
      IndexSpec spec,
      List<Bounds> bounds,
      int equalities,
      boolean range,
      boolean sorted,
      boolean reverse,
      int mergeParts,
      boolean exact) {

    boolean useful() {
      return equalities > 0 || range || sorted;
    }

    boolean betterThan(@Nullable Candidate other) {
      if (other == null) {
        return true;
      }
      if (exact != other.exact) {
        return exact;
      }
      if (equalities != other.equalities) {
        return equalities > other.equalities;
      }
      if (range != other.range) {
        return range;
      }
      if (sorted != other.sorted) {
        return sorted;
      }
      return spec.pattern().size() < other.spec.pattern().size();
    }
  }

  private final Filter filter;
  private final @Nullable KeyPattern sort;
  private final List<IndexSpec> indexes;
  private final List<Predicate> predicates = new ArrayList<>();
  private final List<Filter> conjuncts = new ArrayList<>();
  private final int unionsLeft;

  private Planner(
      Filter filter, @Nullable KeyPattern sort, List<IndexSpec> indexes, int unionsLeft) {
    this.filter = filter;
    this.sort = sort;
    this.indexes = indexes;
    this.unionsLeft = unionsLeft;
    collect(filter);
  }

  /**
   * @param indexes of the collection, without that of {@code _id}
   * @param hint an index's name or key pattern, or null
   * @throws MongoError BadValue for a hint that is no index
   */
  static Plan.Chosen plan(
      Filter filter, @Nullable KeyPattern sort, List<IndexSpec> indexes, @Nullable Value hint) {
    List<IndexSpec> all = new ArrayList<>(indexes.size() + 1);
    all.add(new IndexSpec(-1, Plan.ID, ID_PATTERN, true, false, 0));
    all.addAll(indexes);
    if (sort != null && sort.parts().getFirst().path().equals("$natural")) {
      boolean reverse = sort.parts().getFirst().descending();
      return new Plan.Chosen(new Plan.CollectionScan(reverse), filter, null, true);
    }
    if (hint != null) {
      return hinted(filter, sort, all, hint);
    }
    return new Planner(filter, sort, all, MAX_UNIONS).choose();
  }

  private static Plan.Chosen hinted(
      Filter filter, @Nullable KeyPattern sort, List<IndexSpec> all, Value hint) {
    if (hint.isDocument() && hint.asDoc().get("$natural") != null) {
      return new Plan.Chosen(new Plan.CollectionScan(false), filter, sort, false);
    }
    for (IndexSpec spec : all) {
      boolean meant =
          hint.isString()
              ? hint.asString().equals(spec.name())
              : hint.isDocument() && KeyPattern.parse(hint.asDoc()).equals(spec.pattern());
      if (meant) {
        Planner planner = new Planner(filter, sort, List.of(spec), 0);
        Candidate candidate = planner.candidate(spec);
        return planner.chosen(candidate);
      }
    }
    throw new MongoError(
        ErrorKind.BAD_VALUE,
        "error processing query: planner returned error :: caused by :: hint provided does not"
            + " correspond to an existing index");
  }

  private Plan.Chosen choose() {
    Candidate best = null;
    for (IndexSpec spec : indexes) {
      Candidate candidate = candidate(spec);
      if (candidate.useful() && candidate.betterThan(best) && holdsAll(spec, candidate)) {
        best = candidate;
      }
    }
    if (best == null || (best.equalities == 0 && !best.range)) {
      Plan union = union();
      if (union != null) {
        return new Plan.Chosen(union, filter, sort, false);
      }
    }
    return best == null
        ? new Plan.Chosen(new Plan.CollectionScan(false), filter, sort, false)
        : chosen(best);
  }

  /**
   * A sparse index lacks documents without its fields: only a predicate that excludes them helps.
   */
  private static boolean holdsAll(IndexSpec spec, Candidate candidate) {
    if (!spec.sparse()) {
      return true;
    }
    byte[] nothing = KeyWriter.encode(Value.NULL);
    for (Bounds bounds : candidate.bounds) {
      boolean withNull = false;
      for (Bounds.Interval interval : bounds.intervals()) {
        withNull |=
            Arrays.compareUnsigned(interval.low(), nothing) <= 0
                && Arrays.compareUnsigned(nothing, interval.high()) < 0;
      }
      if (!withNull) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Plan union() {
    if (unionsLeft == 0) {
      return null;
    }
    for (Filter conjunct : conjuncts) {
      if (conjunct instanceof Filter.Or alternative) {
        List<Plan.IndexScan> branches = branches(alternative);
        if (!branches.isEmpty()) {
          return new Plan.Union(branches);
        }
      }
    }
    return null;
  }

  /** An index scan for every branch, or nothing when one branch has none. */
  private List<Plan.IndexScan> branches(Filter.Or alternative) {
    List<Plan.IndexScan> branches = new ArrayList<>();
    for (Filter branch : alternative.parts()) {
      List<Filter> all = new ArrayList<>(conjuncts);
      all.remove(alternative);
      all.add(branch);
      Planner planner = new Planner(new Filter.And(all), null, indexes, unionsLeft - 1);
      switch (planner.choose().plan()) {
        case Plan.IndexScan scan -> branches.add(scan);
        case Plan.Union inner -> branches.addAll(inner.branches());
        case Plan.Merge merge -> branches.addAll(merge.branches());
        case Plan.CollectionScan scan -> {
          return List.of();
        }
      }
    }
    return List.copyOf(branches);
  }

  // ---- from the filter to predicates ----

  private void collect(Filter part) {
    if (part instanceof Filter.And(List<Filter> parts)) {
      parts.forEach(this::collect);
      return;
    }
    conjuncts.add(part);
    if (part instanceof Filter.At at) {
      add("", at, at);
    }
  }

  private void add(String before, Filter.At at, Object source) {
    String path = before + at.path();
    if (at.test() instanceof Filter.ElementMatches(Filter inner)) {
      addInner(path + ".", inner, source);
      return;
    }
    Bounds bounds = Bounds.of(at.test());
    if (bounds != null) {
      predicates.add(new Predicate(path, bounds, source));
    }
  }

  private void addInner(String before, Filter inner, Object source) {
    if (inner instanceof Filter.At at) {
      add(before, at, source);
    } else if (inner instanceof Filter.And(List<Filter> parts)) {
      parts.forEach(part -> addInner(before, part, source));
    }
  }

  // ---- from predicates to what an index can do ----

  private Candidate candidate(IndexSpec spec) {
    List<KeyPattern.Part> parts = spec.pattern().parts();
    List<Bounds> bounds = new ArrayList<>();
    List<Object> sources = new ArrayList<>();
    int equalities = 0;
    boolean range = false;
    boolean exact = spec.unique();
    long ranges = 1;
    for (int i = 0; i < parts.size() && !range; i++) {
      Predicate found = predicate(spec, i, sources);
      if (found == null || ranges * Math.max(1, found.bounds.intervals().size()) > MAX_RANGES) {
        break;
      }
      ranges *= Math.max(1, found.bounds.intervals().size());
      bounds.add(found.bounds);
      sources.add(found.source);
      exact &= found.bounds.isPoint();
      if (found.bounds.allPoints()) {
        equalities++;
      } else {
        range = true;
      }
    }
    exact &= equalities == parts.size();
    Order order = order(spec, bounds, false);
    int mergeParts = 0;
    if (!order.given && sort != null) {
      Order merged = order(spec, bounds, true);
      if (merged.given && merged.prefixes <= MAX_MERGE) {
        order = merged;
        mergeParts = merged.before;
      }
    }
    return new Candidate(
        spec, bounds, equalities, range, order.given, order.reverse, mergeParts, exact);
  }

  /** What is known of field i: all predicates on it at once, unless it leads through an array. */
  @SuppressWarnings("ReferenceEquality") // a source is an identity
  private @Nullable Predicate predicate(IndexSpec spec, int i, List<Object> earlier) {
    KeyPattern.Part part = spec.pattern().parts().get(i);
    boolean array = spec.isArrayField(i);
    Predicate found = null;
    for (Predicate predicate : predicates) {
      if (!predicate.path.equals(part.path())
          || (array && sharesArray(spec, i, predicate.source, earlier))) {
        continue;
      }
      if (found == null) {
        found = predicate;
      } else if (!array || found.source == predicate.source) {
        found = new Predicate(part.path(), found.bounds.intersect(predicate.bounds), found.source);
      } else if (!found.bounds.allPoints() && predicate.bounds.allPoints()) {
        found = predicate;
      }
    }
    return found;
  }

  /**
   * Whether an earlier field with bounds leads through the same array by another predicate:
   * different elements may satisfy the two, and no single entry both.
   */
  @SuppressWarnings("ReferenceEquality") // a source is an identity
  private static boolean sharesArray(IndexSpec spec, int i, Object source, List<Object> earlier) {
    String first = spec.pattern().parts().get(i).steps().getFirst();
    for (int j = 0; j < i && j < earlier.size(); j++) {
      if (spec.isArrayField(j)
          && spec.pattern().parts().get(j).steps().getFirst().equals(first)
          && earlier.get(j) != source) {
        return true;
      }
    }
    return false;
  }

  /**
   * @param before the number of leading fields whose values are merged
   * @param prefixes the number of ordered branches to merge
   */
  private record Order(boolean given, boolean reverse, int before, long prefixes) {
    static final Order NONE = new Order(false, false, 0, 0);
  }

  /** Whether the index gives the order asked for, where fields bound to one value do not matter. */
  private Order order(IndexSpec spec, List<Bounds> bounds, boolean merging) {
    if (sort == null) {
      return new Order(false, false, 0, 0);
    }
    List<KeyPattern.Part> parts = spec.pattern().parts();
    int at = 0;
    int before = 0;
    long prefixes = 1;
    boolean decided = false;
    boolean reverse = false;
    Set<String> fixed = fixed(spec, bounds);
    for (KeyPattern.Part wanted : sort.parts()) {
      while (at < parts.size() && !parts.get(at).path().equals(wanted.path())) {
        boolean single = fixed.contains(parts.get(at).path());
        boolean mergeable = merging && !decided && at < bounds.size() && bounds.get(at).allPoints();
        if (!single && !mergeable) {
          break;
        }
        prefixes *= at < bounds.size() ? Math.max(1, bounds.get(at).intervals().size()) : 1;
        at++;
        before = decided ? before : at;
      }
      boolean matches = at < parts.size() && parts.get(at).path().equals(wanted.path());
      if (!matches) {
        if (fixed.contains(wanted.path())) {
          continue;
        }
        return Order.NONE;
      }
      if (spec.isArrayField(at)) {
        return Order.NONE;
      }
      boolean backwards = parts.get(at).descending() != wanted.descending();
      if (fixed.contains(wanted.path())) {
        at++;
        continue;
      }
      if (decided && backwards != reverse) {
        return Order.NONE;
      }
      decided = true;
      reverse = backwards;
      at++;
    }
    return new Order(true, reverse, merging ? before : 0, prefixes);
  }

  /** The paths that a predicate holds to one value, by this index's bounds. */
  private static Set<String> fixed(IndexSpec spec, List<Bounds> bounds) {
    Set<String> fixed = new java.util.HashSet<>();
    for (int i = 0; i < bounds.size(); i++) {
      if (bounds.get(i).isPoint() && !spec.isArrayField(i)) {
        fixed.add(spec.pattern().parts().get(i).path());
      }
    }
    return fixed;
  }

  // ---- from the choice to ranges of keys ----

  private Plan.Chosen chosen(Candidate candidate) {
    Plan.IndexScan scan = scan(candidate, ranges(candidate, candidate.bounds));
    if (candidate.mergeParts == 0 || scan.ranges().size() < 2) {
      return new Plan.Chosen(scan, filter, sort, candidate.sorted);
    }
    List<Bounds> prefix = candidate.bounds.subList(0, candidate.mergeParts);
    List<Plan.IndexScan> branches = new ArrayList<>();
    for (List<Bounds> one : combinations(prefix)) {
      List<Bounds> bounds = new ArrayList<>(one);
      bounds.addAll(candidate.bounds.subList(prefix.size(), candidate.bounds.size()));
      branches.add(scan(candidate, ranges(candidate, bounds)));
    }
    return new Plan.Chosen(new Plan.Merge(List.copyOf(branches)), filter, sort, true);
  }

  private static Plan.IndexScan scan(Candidate candidate, List<Plan.Range> ranges) {
    IndexSpec spec = candidate.spec;
    return new Plan.IndexScan(
        spec.name(),
        spec.pattern(),
        ranges,
        candidate.reverse,
        candidate.exact,
        spec.arrayFields() != 0);
  }

  private static List<List<Bounds>> combinations(List<Bounds> prefix) {
    List<List<Bounds>> all = List.of(List.of());
    for (Bounds bounds : prefix) {
      List<List<Bounds>> longer = new ArrayList<>();
      for (List<Bounds> one : all) {
        for (Bounds.Interval interval : bounds.intervals()) {
          List<Bounds> next = new ArrayList<>(one);
          next.add(new Bounds(List.of(interval)));
          longer.add(next);
        }
      }
      all = longer;
    }
    return all;
  }

  private static List<Plan.Range> ranges(Candidate candidate, List<Bounds> bounds) {
    List<Plan.Range> ranges = List.of(Plan.Range.ALL);
    byte[][] prefixes = {new byte[0]};
    for (int i = 0; i < bounds.size(); i++) {
      boolean descending = candidate.spec.pattern().parts().get(i).descending();
      Bounds ordered = descending ? bounds.get(i).complement() : bounds.get(i);
      List<Plan.Range> next = new ArrayList<>();
      List<byte[]> nextPrefixes = new ArrayList<>();
      for (byte[] prefix : prefixes) {
        for (Bounds.Interval interval : ordered.intervals()) {
          byte[] low = IndexKeys.entry(prefix, interval.low());
          next.add(new Plan.Range(low, IndexKeys.entry(prefix, interval.high())));
          nextPrefixes.add(low);
        }
      }
      ranges = next;
      prefixes = nextPrefixes.toArray(new byte[0][]);
    }
    return List.copyOf(ranges);
  }
}
