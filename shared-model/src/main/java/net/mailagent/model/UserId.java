package net.mailagent.model;

/**
 * The id of a user: 12 random bytes shown as 24 lower-case hex digits. Random, not time-ordered, so
 * that shard ranges spread.
 */
public record UserId(String hex) {
  public UserId {
    HexId.require(hex);
  }

  /** A new random id. */
  public static UserId random() {
    return new UserId(HexId.random());
  }

  @Override
  public String toString() {
    return hex;
  }
}
