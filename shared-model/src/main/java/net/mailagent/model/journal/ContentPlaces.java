package net.mailagent.model.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;

/**
 * Where some contents of a user are placed: the reverse of the placements, derived from a state
 * when it is asked for and not stored (docs/adr/0015). Immutable.
 */
public final class ContentPlaces {
  /**
   * One place of a content.
   *
   * @param expungedAt when it was expunged there, in milliseconds since 1970; 0 if it is there
   */
  public record Place(MailboxId mailbox, int uid, long expungedAt) {
    public boolean expunged() {
      return expungedAt > 0;
    }
  }

  /** The 12 bytes of an id: shorter than the id itself, of which a state holds many. */
  private record Key(long first, int rest) {
    static Key of(byte[] ids, int offset) {
      long first = 0;
      for (int i = 0; i < 8; i++) {
        first = first << 8 | (ids[offset + i] & 0xff);
      }
      int rest = 0;
      for (int i = 8; i < ContentId.BYTES; i++) {
        rest = rest << 8 | (ids[offset + i] & 0xff);
      }
      return new Key(first, rest);
    }

    static Key of(ContentId id) {
      byte[] bytes = new byte[ContentId.BYTES];
      id.write(bytes, 0);
      return of(bytes, 0);
    }
  }

  private final Map<Key, List<Place>> places;

  private ContentPlaces(Map<Key, List<Place>> places) {
    this.places = places;
  }

  /**
   * Looks for those contents in all mailboxes of the state, the deleted ones included.
   *
   * @throws IllegalStateException when the placements of some are not loaded
   */
  public static ContentPlaces of(UserState state, Collection<ContentId> wanted) {
    Map<Key, List<Place>> places = new HashMap<>();
    wanted.forEach(id -> places.put(Key.of(id), new ArrayList<>(1)));
    for (MailboxState mailbox : state.mailboxesAndTombstones()) {
      for (PlacementSegment segment : mailbox.messages().segments()) {
        ExpungedRows gone = segment.expunged;
        for (int i = 0; i < segment.size(); i++) {
          List<Place> found = find(places, segment.rows, i);
          if (found != null) {
            found.add(new Place(mailbox.id(), segment.uid(i), mailbox.deletedAt()));
          }
        }
        for (int i = 0; i < gone.size(); i++) {
          List<Place> found = find(places, gone.rows, i);
          if (found != null) {
            found.add(new Place(mailbox.id(), gone.rows.uid(i), gone.whens[i]));
          }
        }
      }
    }
    return new ContentPlaces(places);
  }

  private static @org.jspecify.annotations.Nullable List<Place> find(
      Map<Key, List<Place>> places, PlacementRows rows, int row) {
    return places.get(Key.of(rows.contents, row * ContentId.BYTES));
  }

  /** Where that content is; empty if it is nowhere or was not among those wanted. */
  public List<Place> of(ContentId content) {
    return List.copyOf(places.getOrDefault(Key.of(content), List.of()));
  }

  /** Whether it is in a mailbox, or was expunged at that time or later. */
  public boolean heldSince(ContentId content, long millis) {
    return places.getOrDefault(Key.of(content), List.of()).stream()
        .anyMatch(place -> !place.expunged() || place.expungedAt() >= millis);
  }
}
