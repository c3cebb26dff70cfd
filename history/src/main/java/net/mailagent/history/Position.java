package net.mailagent.history;

import java.util.Comparator;

/**
 * A place in a push stream, as its event ids name it.
 *
 * @param seq of the journal entry
 * @param number of the change within it, from 0
 */
public record Position(long seq, int number) implements Comparable<Position> {
  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::seq).thenComparingInt(Position::number);

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return seq + "." + number;
  }
}
