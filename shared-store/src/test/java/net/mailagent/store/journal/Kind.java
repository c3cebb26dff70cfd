package net.mailagent.store.journal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.CopyMessages;
import net.mailagent.model.journal.CreateMailbox;
import net.mailagent.model.journal.DeleteMailbox;
import net.mailagent.model.journal.Draft;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.ExpungeMessages;
import net.mailagent.model.journal.ForgetExpunged;
import net.mailagent.model.journal.OpenAccount;
import net.mailagent.model.journal.RenameMailbox;
import net.mailagent.model.journal.RestoreMessages;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.journal.Subscribe;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Messages;
import net.mailagent.store.mongo.Ids;
import net.mailagent.store.sweep.SweepSettings;
import org.bson.BsonDocument;

/**
 * A kind of change as a client asks for it, and what it does to the mail of each of its users.
 *
 * @param users how many it concerns
 * @param act asks for it; says for each user whether it was acknowledged
 * @param effect on each user's mail
 * @param setup what has to be there before, beside what every user begins with
 * @param repeatable whether who got no answer just asks again; else he looks first
 */
record Kind(String name, int users, Act act, Effect effect, boolean repeatable, Setup setup) {
  /** What a client does. */
  interface Act {
    List<Boolean> on(Node node, Trial trial);
  }

  /** What it does to the mail of each user. */
  interface Effect {
    void on(Mail mail, Trial trial);
  }

  /** What comes before. */
  interface Setup {
    void on(Node node, UserId user, Mail mail);
  }

  /** Of which users the client was told that it happened, when that point may end the node. */
  List<Boolean> acknowledged(Node node, Trial trial, CrashPoint crash) {
    List<Boolean> none = Collections.nCopies(trial.users.size(), false);
    try {
      List<Boolean> told = act.on(node, trial);
      return crash.died() ? none : told;
    } catch (StoreUnavailable | CrashPoint.Died e) {
      return none;
    }
  }

  private Kind(String name, int users, Act act, Effect effect, boolean repeatable) {
    this(name, users, act, effect, repeatable, (node, user, mail) -> {});
  }

  private Kind with(Setup other) {
    return new Kind(name, users, act, effect, repeatable, other);
  }

  /** Users who are ready for it, and the mail of each. */
  Mail prepare(Node node, Trial trial) {
    Mail mail = trial.prepare(node);
    Mail before = mail.copy();
    for (UserId user : trial.users) {
      mail = before.copy();
      setup.on(node, user, mail);
    }
    return mail;
  }

  @Override
  public String toString() {
    return name;
  }

  /** The mail after it. */
  Mail after(Mail before, Trial trial) {
    Mail after = before.copy();
    effect.on(after, trial);
    return after;
  }

  /** Every user begins with this: messages 1 to so many in INBOX, number 2 and 4 deleted. */
  static final int LETTERS = 12;

  private static final int MOST = 100;
  private static final List<Integer> SOME = List.of(1, 2, 3, 5, 7, 8, 9, 10, 11, 12);
  private static final long QUOTA = 1 << 16;

  /** One try of a kind on users of its own. */
  static final class Trial {
    final List<UserId> users = new ArrayList<>();
    final Map<String, String> sent = new TreeMap<>();

    /** Entries before that may be trimmed, in milliseconds since 1970. */
    long cutoff = Long.MAX_VALUE;

    Trial(int count) {
      for (int i = 0; i < count; i++) {
        users.add(UserId.random());
      }
    }

    UserId user() {
      return users.getFirst();
    }

    /** A message; of several with the same body, which is long, the store keeps one blob. */
    String letter(String name, String body) {
      String text =
          "Subject: " + name + "\r\n\r\n" + (body + " " + user().hex() + "\r\n").repeat(6);
      sent.put(name, text);
      return text;
    }

    String small(String name) {
      String text = "Subject: " + name + "\r\n\r\nsmall\r\n";
      sent.put(name, text);
      return text;
    }

    /** The name of a message that is what was sent. */
    String identity(String text) {
      String name = text.substring("Subject: ".length(), text.indexOf('\r'));
      return text.equals(sent.get(name)) ? name : "not as it was sent: " + text;
    }

    /** As it looks in a mailbox; a message that was not sent yet looks like none. */
    Mail.Letter letter(String name, Set<String> flags) {
      return new Mail.Letter(name, flags, sent.getOrDefault(name, "").length());
    }

    /** What every user begins with: some of it in checkpoints, some in the tail. */
    Mail prepare(Node node) {
      Mail mail = new Mail();
      for (UserId user : users) {
        node.journals.begin(user, Node.ORIGIN, new OpenAccount(Map.of(), QUOTA));
        node.commit(user, new CreateMailbox(new MailboxPath("work/sub/deep"), Set.of(), MOST));
        List<Messages.Appended> letters = new ArrayList<>();
        for (int i = 1; i <= LETTERS; i++) {
          String text = i == 1 ? letter("l1", "the shared body") : small("l" + i);
          Flags flags = i == 2 || i == 4 ? Flags.of("\\Deleted") : Flags.NONE;
          letters.add(new Messages.Appended(node.receive(text), flags, 1000));
        }
        node.messages.append(user, node.mailbox(user, "INBOX"), letters, Node.ORIGIN);
        node.checkpoints.write(user);
        node.commit(user, new Subscribe(new MailboxPath("work"), true, MOST));
        node.commit(user, flags(node, user, FlagOperation.ADD, "\\Seen", OptionalLong.empty(), 1));
      }
      mail.create("work/sub/deep");
      mail.quotaLimit = QUOTA;
      mail.subscriptions.addAll(Set.of("INBOX", "work"));
      Mail.Box inbox = mail.create("INBOX");
      for (int i = 1; i <= LETTERS; i++) {
        inbox.add(letter("l" + i, i == 2 || i == 4 ? Set.of("\\Deleted") : Set.of()));
      }
      mail.flag("INBOX", List.of(1), "\\Seen", true);
      return mail;
    }
  }

  /** All kinds of change, except those of accounts. */
  static List<Kind> all() {
    List<Kind> all = new ArrayList<>();
    all.addAll(deliveries());
    all.addAll(appends());
    all.addAll(edits());
    all.addAll(expunged());
    all.addAll(mailboxes());
    all.add(upkeep("checkpoint", (node, trial) -> node.checkpoints.write(trial.user())));
    all.add(upkeep("trim", (node, trial) -> node.trimming.trim(trial.user(), trial.cutoff)));
    return all;
  }

  // ---- messages that come in

  private static List<Kind> deliveries() {
    return List.of(
        new Kind("deliver", 1, deliver("new", "a body of its own"), add("INBOX", "new"), true),
        new Kind(
            "deliver to many", 3, deliver("new", "a body of its own"), add("INBOX", "new"), true),
        new Kind(
            "deliver what the store has",
            1,
            deliver("new", "the shared body"),
            add("INBOX", "new"),
            true),
        new Kind(
            "redeliver",
            1,
            (node, trial) -> {
              deliver("new", "body").on(node, trial);
              return deliver("new", "body").on(node, trial);
            },
            add("INBOX", "new"),
            true),
        new Kind(
            "deliver over quota",
            1,
            (node, trial) -> {
              String text = trial.small("huge") + "x".repeat((int) QUOTA);
              return node
                  .messages
                  .deliver(
                      node.receive(text),
                      List.of(new Messages.Delivery(trial.user(), new byte[0], "huge")),
                      Node.ORIGIN)
                  .stream()
                  .map(verdict -> verdict instanceof Messages.Verdict.NotDelivered)
                  .toList();
            },
            (mail, trial) -> {},
            true));
  }

  private static Act deliver(String name, String body) {
    return (node, trial) -> {
      List<Messages.Delivery> deliveries =
          trial.users.stream()
              .map(user -> new Messages.Delivery(user, new byte[0], "queue id of " + name))
              .toList();
      return node
          .messages
          .deliver(node.receive(trial.letter(name, body)), deliveries, Node.ORIGIN)
          .stream()
          .map(verdict -> verdict instanceof Messages.Verdict.Delivered)
          .toList();
    };
  }

  private static Effect add(String mailbox, String... names) {
    return (mail, trial) -> {
      for (String name : names) {
        mail.box(mailbox).add(trial.letter(name, Set.of()));
      }
    };
  }

  private static List<Kind> appends() {
    return List.of(
        new Kind("append", 1, append("new"), add("work", "new"), false),
        new Kind(
            "append many",
            1,
            append("new1", "new2", "new3", "new4", "new5"),
            add("work", "new1", "new2", "new3", "new4", "new5"),
            false));
  }

  private static Act append(String... names) {
    return (node, trial) -> {
      List<Messages.Appended> all = new ArrayList<>();
      for (int i = 0; i < names.length; i++) {
        String text = i % 2 == 0 ? trial.letter(names[i], "appended " + i) : trial.small(names[i]);
        all.add(new Messages.Appended(node.receive(text), Flags.NONE, 1000));
      }
      node.messages.append(trial.user(), node.mailbox(trial.user(), "work"), all, Node.ORIGIN);
      return List.of(true);
    };
  }

  // ---- messages that change

  private static StoreFlags flags(
      Node node,
      UserId user,
      FlagOperation operation,
      String flag,
      OptionalLong unchangedSince,
      int... uids) {
    return new StoreFlags(
        node.mailbox(user, "INBOX"), UidSet.of(uids), operation, Flags.of(flag), unchangedSince);
  }

  private static List<Kind> edits() {
    int[] all = IntStream.rangeClosed(1, LETTERS).toArray();
    return List.of(
        commit(
            "STORE",
            (node, user) ->
                flags(node, user, FlagOperation.ADD, "\\Flagged", OptionalLong.empty(), all),
            mail -> mail.flag("INBOX", IntStream.of(all).boxed().toList(), "\\Flagged", true)),
        commit(
            "STORE UNCHANGEDSINCE",
            (node, user) -> // the baseline ends with a change of message 1
            flags(node, user, FlagOperation.ADD, "\\Flagged", OptionalLong.of(5 - 1), all),
            mail ->
                mail.flag("INBOX", IntStream.of(all).skip(1).boxed().toList(), "\\Flagged", true)),
        commit(
            "COPY",
            (node, user) ->
                new CopyMessages(
                    node.mailbox(user, "INBOX"), uids(SOME), node.mailbox(user, "work"), false),
            mail -> mail.copy("INBOX", SOME, "work", false)),
        commit(
            "MOVE",
            (node, user) ->
                new CopyMessages(
                    node.mailbox(user, "INBOX"), uids(SOME), node.mailbox(user, "work"), true),
            mail -> mail.copy("INBOX", SOME, "work", true)),
        commit(
            "EXPUNGE",
            (node, user) -> new ExpungeMessages(node.mailbox(user, "INBOX"), Optional.empty()),
            mail -> mail.expunge("INBOX")));
  }

  /**
   * What becomes of expunged messages: an administrator restores them, the sweeper forgets them.
   */
  private static List<Kind> expunged() {
    Setup expunge =
        (node, user, mail) -> {
          node.commit(user, new ExpungeMessages(node.mailbox(user, "INBOX"), Optional.empty()));
          mail.expunge("INBOX");
        };
    long restorable = SweepSettings.DEFAULT.restorable().toMillis();
    return List.of(
        commit(
                "restore",
                (node, user) ->
                    new RestoreMessages(
                        node.mailbox(user, "INBOX"), UidSet.of(2, 4), null, restorable),
                (mail, trial) -> {
                  mail.box("INBOX").add(trial.letter("l2", Set.of()));
                  mail.box("INBOX").add(trial.letter("l4", Set.of()));
                })
            .with(expunge),
        commit(
                "forget",
                (node, user) -> {
                  deleteExpunged(node, user, 2);
                  return new ForgetExpunged(Map.of(node.mailbox(user, "INBOX"), UidSet.of(2)));
                },
                (mail, trial) -> {})
            .with(expunge));
  }

  /** What the sweeper does before: no content is left that nobody knows. */
  private static void deleteExpunged(Node node, UserId user, int uid) {
    MailboxId inbox = node.mailbox(user, "INBOX");
    node.journals
        .current(user, Set.of(inbox))
        .mailbox(inbox)
        .orElseThrow()
        .expunged()
        .forEach(gone -> {
          if (gone.row().uid() == uid) {
            node.connection
                .documents("messages")
                .delete(
                    new BsonDocument("user", Ids.bson(user))
                        .append("_id", Ids.bson(gone.row().content())));
          }
        });
  }

  private static UidSet uids(List<Integer> uids) {
    return UidSet.of(uids.stream().mapToInt(uid -> uid).toArray());
  }

  /** An edit for the first user. */
  private interface Asked {
    Edit<?> by(Node node, UserId user);
  }

  private static Kind commit(String name, Asked asked, Consumer<Mail> effect) {
    return commit(name, asked, (mail, trial) -> effect.accept(mail));
  }

  private static Kind commit(String name, Asked asked, Effect effect) {
    return new Kind(
        name,
        1,
        (node, trial) -> {
          node.commit(trial.user(), asked.by(node, trial.user()));
          return List.of(true);
        },
        effect,
        false);
  }

  // ---- mailboxes

  private static List<Kind> mailboxes() {
    return List.of(
        commit(
            "CREATE",
            (node, user) -> new CreateMailbox(new MailboxPath("a/b/c"), Set.of(), MOST),
            mail -> mail.create("a/b/c")),
        commit(
            "RENAME",
            (node, user) ->
                new RenameMailbox(new MailboxPath("work"), new MailboxPath("done/old"), MOST),
            mail -> {
              mail.create("done");
              mail.rename("work", "done/old");
            }),
        commit(
            "RENAME INBOX",
            (node, user) -> new RenameMailbox(MailboxPath.INBOX, new MailboxPath("old"), MOST),
            mail -> {
              mail.create("old");
              mail.copy("INBOX", List.copyOf(mail.box("INBOX").letters.keySet()), "old", true);
            }),
        commit(
            "DELETE",
            (node, user) -> new DeleteMailbox(new MailboxPath("work/sub")),
            mail -> mail.boxes.remove("work/sub")),
        commit(
            "SUBSCRIBE",
            (node, user) -> new Subscribe(new MailboxPath("elsewhere"), true, MOST),
            mail -> mail.subscriptions.add("elsewhere")),
        commit(
            "UNSUBSCRIBE",
            (node, user) -> new Subscribe(new MailboxPath("work"), false, MOST),
            mail -> mail.subscriptions.remove("work")),
        commit("quota", (node, user) -> new Quota(4711_0000), mail -> mail.quotaLimit = 4711_0000));
  }

  private record Quota(long limit) implements Edit<Void> {
    @Override
    public Set<MailboxId> needs(UserState state) {
      return Set.of();
    }

    @Override
    public Void decide(Draft draft) {
      draft.change(new Change.QuotaChanged(limit));
      return null;
    }
  }

  // ---- what clients do not see

  private interface Work {
    void on(Node node, Trial trial);
  }

  private static Kind upkeep(String name, Work work) {
    return new Kind(
        name,
        1,
        (node, trial) -> {
          work.on(node, trial);
          return List.of(true);
        },
        (mail, trial) -> {},
        true);
  }
}
