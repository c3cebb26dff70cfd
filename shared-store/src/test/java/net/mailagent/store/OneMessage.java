package net.mailagent.store;

import java.util.List;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.journal.AddMessages;
import org.jspecify.annotations.Nullable;

/** The smallest change of all: one message of one octet comes into INBOX. */
public final class OneMessage {
  private OneMessage() {}

  /** Another message at every call. */
  public static AddMessages add() {
    return add(null);
  }

  /**
   * Another message at every call.
   *
   * @param key of the delivery, or null
   */
  public static AddMessages add(@Nullable String key) {
    return new AddMessages(
        null, List.of(new AddMessages.Message(ContentId.random(), Flags.NONE, 1, 1)), key);
  }
}
