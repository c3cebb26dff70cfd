package net.mailagent.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.ContentId;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Change;
import net.mailagent.model.journal.JournalEntry;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Changes;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;

/**
 * One client that follows a user's journal. Subscribes first, then reads from its position on: what
 * is committed in between is announced. A wake-up only says that there may be more; what is sent
 * comes from the journal, entry by entry, so nothing is missing and nothing comes twice, however
 * often the position is taken up again.
 *
 * <p>Runs on one virtual thread, which waits for the journal, the store or the client.
 */
final class PushStream {
  /** What it reads from. */
  record Ports(Mailboxes mailboxes, Messages messages, Changes changes) {}

  private final UserId user;
  private final PushLimits limits;
  private final Ports ports;
  private final EventSink sink;
  private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);

  // The position: all entries up to seq were sent, and so many events of the next one.
  private long seq;
  private int sent;

  private PushWindow window = new PushWindow();
  private long lastWrite = System.nanoTime();

  PushStream(UserId user, PushLimits limits, Ports ports, EventSink sink) {
    this.user = user;
    this.limits = limits;
    this.ports = ports;
    this.sink = sink;
  }

  /**
   * Streams until the client or the user is gone.
   *
   * @param from behind which event to begin; empty for the present
   * @throws Refused NoSuchUser, before anything was sent
   * @throws StoreUnavailable before anything was sent
   */
  void run(Optional<EventId> from) {
    try (Changes.Subscription subscription = ports.changes().subscribe(user, this::wake)) {
      sink.onEnd(this::wake);
      long now = ports.mailboxes().current(user).seq();
      EventId start = from.orElse(new EventId(now, 0));
      sink.begin();
      String retry = "retry: " + limits.retry().toMillis() + "\n";
      if (start.seq() > now) { // of another journal, or of one restored from a backup
        write(retry + "\n"); // no id yet: who has it and comes back would never be told to resync
        resync(now);
      } else {
        position(start);
        // without data it is no event, but from now on a client that comes back knows its place
        write(retry + "id: " + idOfPosition() + "\n\n");
      }
      follow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() throws InterruptedException {
    while (sink.isOpen()) {
      boolean more = false;
      Duration patience = limits.heartbeat();
      try {
        List<JournalEntry> entries = ports.changes().since(user, seq, limits.batch());
        if (send(entries)) {
          return;
        }
        more = !entries.isEmpty();
      } catch (Changes.Trimmed e) {
        resync(ports.mailboxes().current(user).seq());
      } catch (StoreUnavailable e) {
        patience = limits.retry(); // the position stands where the last piece was sent
      } catch (Refused e) {
        return; // the user is gone
      }
      if (!more) {
        pause(patience);
      }
    }
  }

  /** Sends what the entries tell; returns whether the user's journal has ended. */
  private boolean send(List<JournalEntry> entries) {
    boolean closed = false;
    for (JournalEntry entry : entries) {
      boolean several = PushEvent.count(entry) > 1;
      int[] n = {0};
      PushEvent.each(
          entry,
          event -> {
            n[0]++;
            boolean sentBefore = entry.seq() == seq + 1 && n[0] <= sent;
            if (!sentBefore) {
              EventId id = new EventId(entry.seq(), several ? n[0] : 0);
              window.add(new PushWindow.Numbered(id, entry, event));
              if (window.size() >= limits.window()) {
                flush();
                seq = entry.seq() - 1;
                sent = n[0];
              }
            }
          });
      closed |= entry.changes().stream().anyMatch(Change.Closed.class::isInstance);
    }
    flush();
    if (!entries.isEmpty()) {
      seq = entries.getLast().seq();
      sent = 0;
    }
    return closed;
  }

  /** Sends the window and empties it; one whose look-ups fail is made anew from the position. */
  private void flush() {
    PushWindow full = window;
    window = new PushWindow();
    if (full.size() > 0) {
      send(full);
    }
  }

  private void send(PushWindow window) {
    UserState state;
    try {
      state = ports.mailboxes().current(user, window.needsPlacements());
    } catch (Refused e) {
      state = UserState.empty(user); // gone meanwhile: its last events are told without names
    }
    Map<ContentId, String> threads = window.threads();
    Collection<ContentId> contents = window.needsThreads(state);
    if (!contents.isEmpty()) {
      ports
          .messages()
          .read(user, contents, List.of(), message -> threads.put(message.id(), message.thread()));
    }
    write(window.render(state, threads));
  }

  /** Says that changes were lost to this client, which must read the present state anew. */
  private void resync(long now) {
    position(new EventId(now, 0));
    write("id: " + now + "\ndata: {\"command\":\"RESYNC\"}\n\n");
  }

  private void position(EventId id) {
    seq = id.n() == 0 ? id.seq() : id.seq() - 1;
    sent = id.n();
  }

  private String idOfPosition() {
    return sent == 0 ? Long.toString(seq) : seq + 1 + "." + sent;
  }

  /** Waits to be woken, at most that long; says that the stream lives when it was quiet. */
  private void pause(Duration patience) throws InterruptedException {
    long quiet = System.nanoTime() - lastWrite;
    long untilHeartbeat = limits.heartbeat().toNanos() - quiet;
    Boolean woken =
        wakes.poll(Math.max(0, Math.min(untilHeartbeat, patience.toNanos())), TimeUnit.NANOSECONDS);
    if (woken == null
        && sink.isOpen()
        && System.nanoTime() - lastWrite >= limits.heartbeat().toNanos()) {
      write(": quiet\n\n");
    }
  }

  private void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(byte[] octets) {
    sink.write(octets);
    lastWrite = System.nanoTime();
  }

  /** Any thread; at once. */
  private void wake() {
    wakes.offer(true); // one that waits already is enough
  }
}
