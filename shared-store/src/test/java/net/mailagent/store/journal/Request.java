package net.mailagent.store.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.mailagent.history.Outcome;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.JournalEntry;

/**
 * What a client asked for, what he was told, and what it does to the model. One thread at a time.
 */
final class Request {
  /** What an entry made of it; answers what the client must have been told. */
  interface Effect {
    String on(MailModel model, JournalEntry entry);
  }

  static final String NOTHING = "nothing";

  final String id;
  final Step.Op op;
  final long begin;
  private Effect effect =
      (model, entry) -> {
        throw new AssertionError("nobody asked for that: " + entry);
      };
  private Outcome outcome = Outcome.UNKNOWN;
  private String told = NOTHING;
  private boolean changes;

  Request(String id, Step.Op op, long begin) {
    this.id = id;
    this.op = op;
    this.begin = begin;
  }

  void does(Effect what) {
    changes = true;
    effect = what;
  }

  void answered(Outcome with, String what) {
    outcome = with;
    told = what;
  }

  boolean isAcknowledged() {
    return outcome == Outcome.ACKNOWLEDGED;
  }

  /** Whether it asked for a change, and there was no answer. */
  boolean isUnknown() {
    return outcome == Outcome.UNKNOWN && changes;
  }

  void apply(JournalEntry entry, MailModel model) {
    String expected = effect.on(model, entry);
    if (isAcknowledged()) {
      assertThat(told).as("answer to %s", this).isEqualTo(expected);
    }
  }

  /** How many entries hold it. */
  void settled(int entries) {
    switch (outcome) {
      case ACKNOWLEDGED ->
          assertThat(entries).as("%s", this).isEqualTo(told.equals(NOTHING) ? 0 : 1);
      case REFUSED -> assertThat(entries).as("%s", this).isZero();
      case UNKNOWN -> assertThat(entries).as("%s", this).isLessThanOrEqualTo(1);
    }
  }

  /** An entry as it says itself: mailboxes that were made, and the messages of the beginning. */
  static void learn(JournalEntry entry, MailModel model) {
    for (Change change : entry.changes()) {
      if (change instanceof Change.MailboxCreated created) {
        model.created(created.mailbox().hex(), created.path().value());
      } else if (change instanceof Change.Added added) {
        List<Mail.Letter> letters =
            added.messages().stream()
                .map(row ->
                    new Mail.Letter(
                        row.content().hex(), Set.copyOf(row.flags().names()), row.size()))
                .toList();
        model.added(added.mailbox().hex(), letters, null, entry.seq());
      }
    }
  }

  @Override
  public String toString() {
    return id + " " + op + " at " + begin + ": " + outcome + " " + told;
  }
}
