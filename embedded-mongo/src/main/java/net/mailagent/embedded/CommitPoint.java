package net.mailagent.embedded;

/**
 * Decides when readers may see what was written and its writer may be told: when a majority has it.
 * Of a single server that is when it is on disk; {@link HeldCommitPoint} makes it later, or never.
 */
interface CommitPoint {
  /** What is on disk is acknowledged. */
  CommitPoint DISK =
      new CommitPoint() {
        @Override
        public long era() {
          return 0;
        }

        @Override
        public boolean publish(long era, Runnable publish) {
          publish.run();
          return true;
        }

        @Override
        public void writing(Collection collection, byte[] id) {}
      };

  /** A number that is another one when writes were undone since. */
  long era();

  /**
   * Lets readers see what its writer captured in that era, if that is due; or else waits until it
   * is, or until it was undone.
   *
   * @return false when the caller must capture again what there is and ask again
   */
  boolean publish(long era, Runnable publish);

  /** The document of that id is about to be written; the caller has the collection's turn. */
  void writing(Collection collection, byte[] id);
}
