package net.mailagent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UidSetTest {
  private static UidSet of(Set<Integer> uids) {
    return UidSet.of(uids.stream().mapToInt(Integer::intValue).toArray());
  }

  private static List<Integer> list(UidSet set) {
    return set.stream().boxed().toList();
  }

  @Property(tries = 300)
  void behavesAsASortedSet(
      @ForAll @Size(max = 40) Set<@IntRange(min = 1, max = 60) Integer> a,
      @ForAll @Size(max = 40) Set<@IntRange(min = 1, max = 60) Integer> b) {
    UidSet x = of(a);
    UidSet y = of(b);
    TreeSet<Integer> sorted = new TreeSet<>(a);
    assertThat(list(x)).containsExactlyElementsOf(sorted);
    assertThat(x.size()).isEqualTo(sorted.size());
    List<Integer> inOrder = new ArrayList<>(sorted);
    for (int uid = 1; uid <= 61; uid++) {
      assertThat(x.contains(uid)).isEqualTo(sorted.contains(uid));
      assertThat(x.indexOf(uid)).isEqualTo(inOrder.indexOf(uid));
      assertThat(x.countBelow(uid)).isEqualTo(sorted.headSet(uid).size());
    }
    for (int i = 0; i < inOrder.size(); i++) {
      assertThat(x.at(i)).isEqualTo(inOrder.get(i));
    }
    TreeSet<Integer> expected = new TreeSet<>(a);
    expected.addAll(b);
    assertThat(list(x.union(y))).containsExactlyElementsOf(expected);
    expected = new TreeSet<>(a);
    expected.retainAll(b);
    assertThat(list(x.intersect(y))).containsExactlyElementsOf(expected);
    expected = new TreeSet<>(a);
    expected.removeAll(b);
    assertThat(list(x.minus(y))).containsExactlyElementsOf(expected);
    assertThat(UidSet.parse(x.toString())).isEqualTo(x);
  }

  @Test
  void isShownInTheShortestForm() {
    assertThat(UidSet.of(3, 1, 2, 7, 9, 10)).hasToString("1:3,7,9:10");
    assertThat(UidSet.EMPTY).hasToString("");
    assertThat(UidSet.range(1, Integer.MAX_VALUE).rangeCount()).isEqualTo(1);
  }

  @Test
  void reachesToTheLargestUid() {
    UidSet all = UidSet.range(1, Integer.MAX_VALUE);
    UidSet most = UidSet.range(11, Integer.MAX_VALUE);
    assertThat(all.minus(most)).isEqualTo(UidSet.range(1, 10));
    assertThat(most.minus(all)).isEqualTo(UidSet.EMPTY);
    assertThat(all.minus(UidSet.of(Integer.MAX_VALUE)).at(Integer.MAX_VALUE - 2))
        .isEqualTo(Integer.MAX_VALUE - 1);
  }

  @Test
  void refusesOtherForms() {
    assertThatThrownBy(() -> UidSet.parse("3:1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UidSet.parse("0")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UidSet.parse("*")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UidSet.EMPTY.at(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
