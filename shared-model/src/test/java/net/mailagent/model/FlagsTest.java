package net.mailagent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlagsTest {
  @Test
  void comparesWithoutCaseAndKeepsTheFirstSpelling() {
    Flags flags = Flags.of("\\SEEN", "$Forwarded", "$forwarded", "zeta");
    assertThat(flags).hasToString("\\Seen $Forwarded zeta");
    assertThat(flags).isEqualTo(Flags.of("ZETA", "$FORWARDED", "\\seen"));
    assertThat(flags).hasSameHashCodeAs(Flags.of("ZETA", "$FORWARDED", "\\seen"));
    assertThat(flags.contains("$FORWARDED")).isTrue();
    assertThat(flags.contains("\\seen")).isTrue();
    assertThat(flags.contains("\\Deleted")).isFalse();
  }

  @Test
  void addsAndRemoves() {
    Flags flags = Flags.of("\\Seen", "a");
    assertThat(FlagOperation.ADD.apply(flags, Flags.of("\\Deleted", "B")))
        .hasToString("\\Seen \\Deleted a B");
    assertThat(FlagOperation.REMOVE.apply(flags, Flags.of("A"))).hasToString("\\Seen");
    assertThat(FlagOperation.REMOVE.apply(flags, Flags.of("\\Seen"))).hasToString("a");
    assertThat(FlagOperation.REPLACE.apply(flags, Flags.NONE).isEmpty()).isTrue();
    assertThat(flags.plus(Flags.of("\\Seen"))).isSameAs(flags);
  }

  @Test
  void refusesUnknownSystemFlags() {
    assertThatThrownBy(() -> Flags.of("\\Recent")).isInstanceOf(IllegalArgumentException.class);
  }
}
