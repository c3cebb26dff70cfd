package net.mailagent.imap.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.mailagent.model.MailboxPath;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class PatternTest {
  @Property(tries = 2000)
  void matchesAsTheRegularExpressionDoes(
      @ForAll("patterns") String pattern, @ForAll("names") String name) {
    String regex = pattern.replace(".", "\\.").replace("*", ".*").replace("%", "[^/]*");
    assertThat(new Pattern(pattern).matches(new MailboxPath(name))).isEqualTo(name.matches(regex));
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab/*%").ofMaxLength(12);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("ab/").ofMinLength(1).ofMaxLength(12);
  }

  @Test
  void patternsLongerThanAWordWork() {
    String name = "a/".repeat(200) + "z";
    MailboxPath path = new MailboxPath(name);
    assertThat(new Pattern(name).matches(path)).isTrue();
    assertThat(new Pattern("a/".repeat(200) + "%").matches(path)).isTrue();
    assertThat(new Pattern("%/".repeat(200) + "z").matches(path)).isTrue();
    assertThat(new Pattern("*a/".repeat(200) + "z").matches(path)).isTrue();
    assertThat(new Pattern("%/".repeat(199) + "z").matches(path)).isFalse();
    assertThat(new Pattern("a/".repeat(200) + "y").matches(path)).isFalse();
  }

  @Test
  void inboxIsMatchedWithoutCase() {
    for (String pattern : List.of("inbox", "InBoX", "iN%", "*x", "INBOX")) {
      assertThat(new Pattern(pattern).matches(MailboxPath.INBOX)).as(pattern).isTrue();
    }
    assertThat(new Pattern("inbox/%").matches(new MailboxPath("INBOX/a"))).isTrue();
    assertThat(new Pattern("inbox/%").matches(new MailboxPath("INBOX/A"))).isTrue();
    assertThat(new Pattern("inbox/a").matches(new MailboxPath("INBOX/A"))).isFalse();
    assertThat(new Pattern("sent").matches(new MailboxPath("Sent"))).isFalse();
  }

  @Test
  void hostilePatternsCostNoMoreThanOthers() {
    Pattern hostile = new Pattern("*a%".repeat(333));
    MailboxPath path = new MailboxPath("a".repeat(900) + "/b");
    Assertions.assertThatCode(
            () -> {
              for (int i = 0; i < 1000; i++) {
                hostile.matches(path);
              }
            })
        .doesNotThrowAnyException();
    long begin = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      hostile.matches(path);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }
}
