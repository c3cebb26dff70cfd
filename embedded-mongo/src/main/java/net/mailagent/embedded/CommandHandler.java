package net.mailagent.embedded;

/**
 * Answers a command by writing one document. This is also the seam for whoever wants to stand
 * between the connections and the engine: {@link EmbeddedMongo#start(EmbeddedMongoSettings,
 * java.util.function.UnaryOperator)} wraps the engine's handler in another.
 */
@FunctionalInterface
interface CommandHandler {
  /**
   * @param out where the reply goes; nothing else is in it
   * @throws ConnectionLost to drop the connection without a reply, whatever was done
   */
  void handle(Command command, DocWriter out);

  /** Ends the connection instead of a reply. */
  final class ConnectionLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConnectionLost() {
      super(null, null, false, false);
    }
  }
}
