package net.mailagent.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a client finds in a mailbox.
 *
 * @param messages by UID
 */
record Snapshot(long uidValidity, long uidNext, long highestModSeq, TreeMap<Long, Found> messages) {

  /**
   * A message as it was found.
   *
   * @param id its subject, by which the tests know it
   */
  record Found(String id, Set<String> flags) {}

  static Snapshot of(Imap imap, String mailbox) throws IOException {
    Imap.Answer examined = imap.run("EXAMINE " + mailbox);
    TreeMap<Long, Found> messages = new TreeMap<>();
    for (Fetched fetched : imap.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")) {
      String header =
          new String(fetched.sections.values().iterator().next(), StandardCharsets.ISO_8859_1);
      String id = header.replaceFirst("Subject: ", "").strip();
      Found before = messages.put(fetched.uid, new Found(id, fetched.flags));
      if (before != null) {
        throw new AssertionError("UID " + fetched.uid + " was told twice");
      }
    }
    return new Snapshot(
        Long.parseLong(examined.find("\\[UIDVALIDITY (\\d+)]")),
        Long.parseLong(examined.find("\\[UIDNEXT (\\d+)]")),
        Long.parseLong(examined.find("\\[HIGHESTMODSEQ (\\d+)]")),
        messages);
  }

  /** Which message each UID is. */
  Map<Long, String> ids() {
    TreeMap<Long, String> ids = new TreeMap<>();
    messages.forEach((uid, found) -> ids.put(uid, found.id()));
    return ids;
  }
}
