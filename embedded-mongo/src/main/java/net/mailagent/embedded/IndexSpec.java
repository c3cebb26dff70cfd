package net.mailagent.embedded;

/**
 * An index as the catalog knows it.
 *
 * @param map the store's map of its entries
 * @param arrayFields bit i is set once field i led through an array in some document (MongoDB:
 *     multikey); such a field's bounds can neither be intersected nor give an order
 */
record IndexSpec(
    int map, String name, KeyPattern pattern, boolean unique, boolean sparse, long arrayFields) {

  static IndexSpec load(Doc doc) {
    String name = doc.getString("name");
    return new IndexSpec(
        (int) doc.getLong("map", 0),
        name == null ? "" : name,
        KeyPattern.parse(doc.getDoc("key", Doc.EMPTY)),
        doc.getBoolean("unique", false),
        doc.getBoolean("sparse", false),
        doc.getLong("arrayFields", 0));
  }

  void save(DocWriter out) {
    out.put("map", map)
        .put("name", name)
        .put("key", pattern.toDoc())
        .put("unique", unique)
        .put("sparse", sparse)
        .put("arrayFields", arrayFields);
  }

  /** As listIndexes describes it. */
  void describe(DocWriter out) {
    out.put("v", 2).put("key", pattern.toDoc()).put("name", name);
    if (unique) {
      out.put("unique", true);
    }
    if (sparse) {
      out.put("sparse", true);
    }
  }

  IndexSpec withArrayFields(long fields) {
    return new IndexSpec(map, name, pattern, unique, sparse, fields);
  }

  boolean isArrayField(int part) {
    return (arrayFields & 1L << part) != 0;
  }

  boolean sameAs(IndexSpec other) {
    return pattern.equals(other.pattern) && unique == other.unique && sparse == other.sparse;
  }
}
