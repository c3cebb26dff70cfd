package net.mailagent.model.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.mailagent.model.ContentId;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;
import org.junit.jupiter.api.Test;

/** What was encoded comes back; what was not is refused and never misread as something else. */
class PlacementColumnsTest {
  private static final List<Flags> FLAGS =
      List.of(
          Flags.NONE,
          Flags.of("\\Seen"),
          Flags.of("\\Deleted", "\\Draft", "$Forwarded"),
          Flags.of("ключ", "$Work"));

  private static List<Placement> rows(Random random, int n, int firstUid, int spread) {
    List<Placement> rows = new ArrayList<>();
    int uid = firstUid - 1;
    boolean constant = random.nextBoolean();
    for (int i = 0; i < n; i++) {
      uid += 1 + random.nextInt(spread);
      rows.add(
          new Placement(
              uid,
              ContentId.random(),
              FLAGS.get(random.nextInt(constant ? 1 : FLAGS.size())),
              constant ? 0 : random.nextLong(1L << 40),
              random.nextLong(-1L << 33, 1L << 33),
              constant ? 0 : 1_700_000_000L + random.nextInt(100_000),
              random.nextLong(1L << 40)));
    }
    return rows;
  }

  @Property(tries = 200)
  void rowsComeBack(@ForAll long seed) {
    Random random = new Random(seed);
    List<Placement> rows = rows(random, random.nextInt(300), 1, 1 + random.nextInt(5000));
    assertThat(PlacementColumns.decode(PlacementColumns.encode(rows))).isEqualTo(rows);
  }

  @Property(tries = 100)
  void aSegmentComesBack(@ForAll long seed) {
    Random random = new Random(seed);
    int number = random.nextInt(1000);
    List<Placement> rows = rows(random, random.nextInt(500), number * PlacementSegment.UIDS + 1, 2);
    UidSet.Builder gone = new UidSet.Builder();
    rows.stream().filter(r -> random.nextInt(4) == 0).forEach(r -> gone.add(r.uid()));
    PlacementSegment segment =
        PlacementSegment.of(number, 7, rows).minus(77, 1_700_000_000_123L, gone.build());
    PlacementSegment back = PlacementColumns.decode(number, 77, PlacementColumns.encode(segment));
    assertThat(back.sameRows(segment)).isTrue();
    assertThat(back.seq()).isEqualTo(77);
    if (!rows.isEmpty()) {
      assertThatThrownBy(
              () -> PlacementColumns.decode(number + 1, 77, PlacementColumns.encode(segment)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property(tries = 100)
  void uidSetsComeBack(@ForAll int[] seeds) {
    int[] uids = Arrays.stream(seeds).map(i -> (i & 0x7fffffff) | 1).toArray();
    UidSet set = UidSet.of(uids).union(UidSet.range(5, 5 + seeds.length));
    assertThat(UidRanges.decode(UidRanges.encode(set))).isEqualTo(set);
  }

  @Property(tries = 200)
  void cutBytesAreRefused(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = PlacementColumns.encode(rows(random, 1 + random.nextInt(20), 1, 10));
    byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    assertThatThrownBy(() -> PlacementColumns.decode(cut))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> PlacementColumns.decode(longer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNewerVersionIsRefusedByName() {
    byte[] bytes = PlacementColumns.encode(List.of());
    bytes[0] = 2;
    assertThatThrownBy(() -> PlacementColumns.decode(bytes))
        .isInstanceOf(UnknownVersion.class)
        .hasMessageContaining("newer version");
  }

  @Test
  void anAddedMessageCostsAboutTwentyBytes() {
    List<Placement> rows = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      rows.add(
          new Placement(
              i, ContentId.random(), Flags.NONE, 0, 1_700_000_000L + 60L * i, 0, 5000 + i % 7));
    }
    assertThat(PlacementColumns.encode(rows).length).isLessThan(20 * 1000);
  }
}
