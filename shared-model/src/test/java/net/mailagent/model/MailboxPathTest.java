package net.mailagent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailboxPathTest {
  @Test
  void writesInboxInOneWay() {
    assertThat(new MailboxPath("inBox")).isEqualTo(MailboxPath.INBOX);
    assertThat(new MailboxPath("inbox/Work").value()).isEqualTo("INBOX/Work");
    assertThat(new MailboxPath("inboxes").value()).isEqualTo("inboxes");
  }

  @Test
  void sortsInboxFirstAndChildrenBehindTheirParent() {
    List<MailboxPath> paths = new ArrayList<>();
    for (String path : List.of("b", "a-b", "A/x", "a", "INBOX/z", "INBOX")) {
      paths.add(new MailboxPath(path));
    }
    paths.sort(null);
    assertThat(paths)
        .extracting(MailboxPath::value)
        .containsExactly("INBOX", "INBOX/z", "a", "A/x", "a-b", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "a\rb", "a%", "*", "a\0"})
  void namesTheProblem(String path) {
    assertThat(new MailboxPath(path).problem()).isPresent();
  }

  @Test
  void bounds() {
    assertThat(new MailboxPath("Ä/ö & x").problem()).isEmpty();
    assertThat(new MailboxPath("a".repeat(1000)).problem()).isEmpty();
    assertThat(new MailboxPath("a".repeat(1001)).problem()).isPresent();
    assertThat(new MailboxPath("a/".repeat(20) + "a").problem()).isPresent();
    assertThat(new MailboxPath("a/b").moved(new MailboxPath("a"), new MailboxPath("c/d")).value())
        .isEqualTo("c/d/b");
  }
}
