package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys one document has in one index: one, or one per element where a path leads through an
 * array. Made and read by one thread.
 *
 * <p>A missing field counts as null, an empty array as undefined; two independent arrays in one
 * index are refused, as by MongoDB.
 */
final class IndexKeys {
  private final KeyPattern pattern;
  private final SortedSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
  private long arrayFields;
  private boolean anyField;

  private IndexKeys(KeyPattern pattern) {
    this.pattern = pattern;
  }

  static IndexKeys of(Doc doc, KeyPattern pattern) {
    IndexKeys result = new IndexKeys(pattern);
    int size = pattern.size();
    @Nullable Value[] values = new @Nullable Value[size];
    int[] steps = new int[size];
    for (int i = 0; i < size; i++) {
      values[i] = doc.get(pattern.parts().get(i).steps().getFirst());
      steps[i] = 1;
      result.anyField |= values[i] != null;
    }
    result.expand(values, steps);
    return result;
  }

  /** The encoded fields, without the document's id; in order and each once. */
  SortedSet<byte[]> keys() {
    return keys;
  }

  /** Bit i is set where field i led through an array. */
  long arrayFields() {
    return arrayFields;
  }

  /** Whether a sparse index holds this document. */
  boolean anyField() {
    return anyField;
  }

  /** The same array in the same document, not one that is equal. */
  @SuppressWarnings("ReferenceEquality") // the very bytes
  private static boolean isSame(Value a, Value b) {
    return a.offset() == b.offset() && a.bytes() == b.bytes();
  }

  private void expand(@Nullable Value[] values, int[] steps) {
    Value array = null;
    int arrayAt = -1;
    for (int i = 0; i < values.length; i++) {
      advance(values, steps, i);
      Value value = values[i];
      if (value != null && value.isArray() && !isFinal(steps, i)) {
        if (array == null) {
          array = value;
          arrayAt = i;
        } else if (!isSame(array, value)) {
          throw new MongoError(
              ErrorKind.CANNOT_INDEX_PARALLEL_ARRAYS,
              "cannot index parallel arrays [" + lastStep(i) + "] [" + lastStep(arrayAt) + "]");
        }
        arrayFields |= 1L << i;
      }
    }
    if (array == null) {
      keys.add(encode(values));
      return;
    }
    Fields elements = array.asDoc().fields();
    boolean empty = true;
    while (elements.next()) {
      empty = false;
      expandElement(values, steps, array, elements.value());
    }
    if (empty) {
      expandElement(values, steps, array, null);
    }
  }

  private void expandElement(
      @Nullable Value[] values, int[] steps, Value array, @Nullable Value element) {
    @Nullable Value[] nextValues = values.clone();
    int[] nextSteps = steps.clone();
    for (int i = 0; i < values.length; i++) {
      Value value = values[i];
      if (value == null || !isSame(value, array)) {
        continue;
      }
      if (isFinal(steps, i) || !value.isArray()) {
        continue;
      }
      if (steps[i] == length(i)) {
        // the element itself is the key; an array in it is taken whole
        nextValues[i] = element == null ? Value.UNDEFINED : element;
        nextSteps[i] = length(i) + 1;
      } else {
        // only documents are entered, an array within an array is not
        nextValues[i] =
            element != null && element.isDocument()
                ? element.asDoc().get(pattern.parts().get(i).steps().get(steps[i]))
                : null;
        nextSteps[i] = element != null && element.isDocument() ? steps[i] + 1 : length(i) + 1;
      }
    }
    expand(nextValues, nextSteps);
  }

  /** Follows field i through documents (and array positions named by number) as far as it goes. */
  private void advance(@Nullable Value[] values, int[] steps, int i) {
    while (steps[i] < length(i)) {
      Value value = values[i];
      if (value == null) {
        return;
      }
      String step = pattern.parts().get(i).steps().get(steps[i]);
      if (value.isDocument()) {
        values[i] = value.asDoc().get(step);
        steps[i]++;
      } else if (value.isArray()) {
        Value element = Path.isIndex(step) ? value.asDoc().get(step) : null;
        if (element == null) {
          return;
        }
        values[i] = element;
        steps[i]++;
      } else {
        values[i] = null;
        steps[i] = length(i);
      }
    }
  }

  private boolean isFinal(int[] steps, int i) {
    return steps[i] > length(i);
  }

  private int length(int i) {
    return pattern.parts().get(i).steps().size();
  }

  private String lastStep(int i) {
    return pattern.parts().get(i).steps().getLast();
  }

  private byte[] encode(@Nullable Value[] values) {
    KeyWriter out = new KeyWriter();
    for (int i = 0; i < values.length; i++) {
      Value value = values[i] == null ? Value.NULL : values[i];
      if (pattern.parts().get(i).descending()) {
        out.writeDescending(value);
      } else {
        out.write(value);
      }
    }
    return out.toBytes();
  }

  /** All keys as a list, each followed by that id: the entries as they stand in the tree. */
  List<byte[]> entries(byte[] id) {
    List<byte[]> entries = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      entries.add(entry(key, id));
    }
    return entries;
  }

  static byte[] entry(byte[] key, byte[] id) {
    byte[] entry = Arrays.copyOf(key, key.length + id.length);
    System.arraycopy(id, 0, entry, key.length, id.length);
    return entry;
  }
}
