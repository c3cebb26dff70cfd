package net.mailagent.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.mailagent.history.Message;

/**
 * A mailbox as a client reads it whole.
 *
 * @param highest its HIGHESTMODSEQ; 0 when something changed while it was read
 */
record View(long uidValidity, long highest, TreeMap<Integer, Message> messages) {
  static final String ITEMS = "(FLAGS MODSEQ BODY.PEEK[HEADER.FIELDS (SUBJECT)])";

  /** Opens the mailbox and reads it; empty when the server cannot now. */
  static Optional<View> of(Imap imap, String command, String mailbox) throws IOException {
    Imap.Answer selected = imap.ask(command + " " + mailbox + " (CONDSTORE)");
    if (!selected.isOk()) {
      return Optional.empty();
    }
    long highest = Long.parseLong(selected.find("\\[HIGHESTMODSEQ (\\d+)]"));
    int exists = Integer.parseInt(selected.find("\\* (\\d+) EXISTS"));
    TreeMap<Integer, Message> messages = new TreeMap<>();
    boolean still = true;
    if (exists > 0) {
      Imap.Answer answer = imap.ask("UID FETCH 1:* " + ITEMS);
      if (!answer.isOk()) {
        return Optional.empty();
      }
      for (String line : answer.lines()) {
        still &= !line.endsWith("EXISTS") && !line.contains("EXPUNGE") && !line.contains("VANISH");
      }
      for (Fetched fetched : answer.fetched()) {
        Message message = message(fetched);
        if (!message.identity().isEmpty()) {
          messages.put((int) fetched.uid, message);
        }
        still &= fetched.modSeq <= highest && !message.identity().isEmpty();
      }
      still &= messages.size() == exists;
    }
    return Optional.of(
        new View(
            Long.parseLong(selected.find("\\[UIDVALIDITY (\\d+)]")),
            still ? highest : 0,
            messages));
  }

  /** A message as it was fetched, with its subject if that was asked for. */
  static Message message(Fetched fetched) {
    List<byte[]> header = List.copyOf(fetched.sections.values());
    String subject =
        header.isEmpty()
            ? ""
            : new String(header.getFirst(), StandardCharsets.ISO_8859_1)
                .replaceFirst("Subject: ", "")
                .strip();
    return new Message(subject, fetched.flags, fetched.modSeq);
  }
}
