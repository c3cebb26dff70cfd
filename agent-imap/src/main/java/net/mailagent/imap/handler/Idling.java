package net.mailagent.imap.handler;

import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.port.Changes;
import net.mailagent.runtime.net.Cancellable;
import net.mailagent.runtime.net.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A client in IDLE (RFC 2177): woken when the journal may have grown, told what changed, and told
 * now and then that the server is still there. Holds no thread and no state of the user.
 *
 * <p>A wake-up, on whatever thread, only queues {@link #look}; all runs on the connection's runner.
 */
public final class Idling implements AutoCloseable {
  private final Session session;
  private final Connection connection;

  private Changes.@Nullable Subscription subscription;
  private @Nullable Cancellable heartbeat;
  private @Nullable Cancellable retry; // one at most, however often it was woken in vain
  private boolean over;

  private Idling(Session session) {
    this.session = session;
    this.connection = session.connection();
  }

  /** Begins: subscribes first and then catches up, so that nothing falls between the two. */
  static Idling begin(Session session) {
    Idling idling = new Idling(session);
    session.idle(idling);
    if (session.selected().isPresent()) {
      idling.subscription =
          session.ports().changes().subscribe(session.user(), idling.connection::wake);
    }
    idling.beat();
    return idling;
  }

  /** Tells what changed, as it is now. */
  void look() {
    tell(() -> {});
  }

  /** Tells what a wake-up was about. */
  public void woken() {
    tell(session::takeNews);
  }

  /** The store being away is no error for the client: it is tried again. */
  private void tell(Runnable first) {
    if (over || session.selected().isEmpty()) {
      return;
    }
    try {
      first.run();
      session.catchUp(true);
      session.endCommand();
      if (session.idling().isPresent()) { // not when DONE has come: the next command uses it
        session.selected().ifPresent(view -> view.release());
      }
    } catch (MailboxGone | Refused e) {
      session.send(Response.told(Condition.BYE, Code.NONEXISTENT, String.valueOf(e.getMessage())));
      session.endCommand();
      connection.close();
    } catch (StoreUnavailable e) {
      session.endCommand();
      if (retry == null) {
        retry = connection.schedule(session.limits().retry(), this::lookAgain);
      }
    }
  }

  private void lookAgain() {
    retry = null;
    look();
  }

  private void beat() {
    heartbeat = connection.schedule(session.limits().heartbeat(), this::stillHere);
  }

  private void stillHere() {
    if (!over) {
      session.send(Response.told(Condition.OK, "Still here"));
      session.writer().drain();
      beat();
    }
  }

  @Override
  public void close() {
    over = true;
    if (subscription != null) {
      subscription.close();
    }
    if (heartbeat != null) {
      heartbeat.cancel();
    }
    if (retry != null) {
      retry.cancel();
    }
  }
}
