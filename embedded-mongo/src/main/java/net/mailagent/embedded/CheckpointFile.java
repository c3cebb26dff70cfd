package net.mailagent.embedded;

import java.util.Map;
import org.h2.mvstore.SingleFileStore;
import org.h2.mvstore.WriteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * MVStore's file, which tells when a commit has taken hold of the roots it is going to write: from
 * then on operations may go on, for pages are never changed in place. The checkpoint's thread.
 */
final class CheckpointFile extends SingleFileStore {
  private @Nullable Runnable whenTaken;

  /**
   * @param cacheMegabytes pages kept in memory
   */
  CheckpointFile(int cacheMegabytes) {
    super(Map.of("cacheSize", cacheMegabytes));
  }

  /** Runs that once, in the next commit, on its thread. */
  void whenRootsAreTaken(@Nullable Runnable action) {
    whenTaken = action;
  }

  /** MVStore asks for this when it has collected the roots and before it writes the first page. */
  @Override
  public WriteBuffer getWriteBuffer() {
    Runnable action = whenTaken;
    whenTaken = null;
    if (action != null) {
      action.run();
    }
    return super.getWriteBuffer();
  }
}
