package net.mailagent.store.mongo;

import org.jspecify.annotations.Nullable;

/**
 * One call to the database, as an interceptor sees it.
 *
 * @param operation what it does
 * @param collection on which collection; "" for the database itself
 * @param query what a find looks for, or the filter of an update or delete; null for inserts, bulk
 *     writes and further batches of a cursor
 * @param documents how many documents or single writes it carries
 */
public record Call(Operation operation, String collection, @Nullable Query query, int documents) {
  /** The kinds of calls. */
  public enum Operation {
    FIND(false),
    /** A further batch of a find. */
    MORE(false),
    COUNT(false),
    AGGREGATE(false),
    INSERT(true),
    UPDATE(true),
    /** findAndModify: one document is changed and returned. */
    FIND_AND_UPDATE(true),
    DELETE(true),
    /** Several inserts, updates or deletes in one message. */
    BULK(true),
    COMMAND(false),
    CREATE_INDEX(true);

    private final boolean write;

    Operation(boolean write) {
      this.write = write;
    }

    /** Whether it may change documents. */
    public boolean isWrite() {
      return write;
    }
  }

  @Override
  public String toString() {
    return operation + " " + collection;
  }
}
