package net.mailagent.mime;

import java.util.List;
import java.util.function.Supplier;
import net.mailagent.model.ByteSource;

/**
 * Picks fields out of a header block as it streams by: HEADER.FIELDS and HEADER.FIELDS.NOT (RFC
 * 9051 section 6.4.5.1). Fields keep their order and their folds, repeated fields all come, and a
 * blank line always ends the outcome. Immutable, any thread.
 */
public final class HeaderFilter {
  /**
   * @param names field names, matched without case
   * @param not whether all fields but these are wanted
   */
  public HeaderFilter(List<String> names, boolean not) {}

  /**
   * The wanted fields of a header block.
   *
   * @param header opens the header block; asked once or, when {@link ByteSource#length} is called
   *     before the end was read, twice
   */
  public ByteSource filter(Supplier<ByteSource> header) {
    throw new UnsupportedOperationException();
  }
}
