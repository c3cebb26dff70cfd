package net.mailagent.imap.handler;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;
import net.mailagent.imap.view.SelectedMailbox;
import net.mailagent.imap.wire.ResponseWriter;
import net.mailagent.imap.wire.WireLimits;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Edit;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.runtime.net.Cancellable;
import net.mailagent.runtime.net.Connection;
import org.jspecify.annotations.Nullable;

/**
 * One client's session: who is logged in, what is selected, and the state of the user's mail that
 * the command under way works on. Between commands it holds no such state. One thread, the
 * connection's runner.
 */
public final class Session {
  private final Connection connection;
  private final Ports ports;
  private final SessionLimits limits;
  private final ResponseWriter writer;
  private final Consumer<Response> replies;

  private @Nullable UserId user;
  private @Nullable SelectedMailbox selected;
  private @Nullable Idling idling;
  private @Nullable UserState state; // of the command under way
  private long newest; // the highest seq of a state that this session has worked on
  private boolean condStore;
  private long snapshotUsed; // System.nanoTime of the last command that left a snapshot
  private @Nullable Cancellable snapshotWatch;

  public Session(Connection connection, Ports ports, SessionLimits limits) {
    this.connection = connection;
    this.ports = ports;
    this.limits = limits;
    this.writer = new ResponseWriter(connection::write);
    this.replies = response -> response.encode(writer);
  }

  public Connection connection() {
    return connection;
  }

  Ports ports() {
    return ports;
  }

  public SessionLimits limits() {
    return limits;
  }

  /** The bounds of a command now. */
  public WireLimits wireLimits() {
    return user == null ? limits.beforeLogin() : limits.afterLogin();
  }

  /** Sends an untagged response. */
  public void send(Response response) {
    response.encode(writer);
  }

  public ResponseWriter writer() {
    return writer;
  }

  // ---- who

  public boolean isLoggedIn() {
    return user != null;
  }

  /** Whether a password may be sent over this connection. */
  boolean mayLogIn() {
    return connection.isTls() || connection.isLoopbackClient();
  }

  UserId user() {
    UserId known = user;
    if (known == null) {
      throw new IllegalStateException("nobody is logged in");
    }
    return known;
  }

  void loggedIn(UserId as) {
    user = as;
    connection.loggedIn();
    connection.idleTimeout(limits.idleTimeout());
  }

  Origin origin(String purpose) {
    return new Origin("imap", connection.id(), purpose);
  }

  // ---- the state of the command under way

  /** The user's mail, caught up when the command first asked, the selected mailbox loaded. */
  UserState state() {
    UserState known = state;
    if (known == null) {
      SelectedMailbox view = selected;
      known =
          recent(
              view == null
                  ? ports.mailboxes().current(user())
                  : ports.mailboxes().current(user(), Set.of(view.id())));
      state = known;
    }
    return known;
  }

  /** In IDLE: takes the state that a wake-up was about; nothing is read twice for it. */
  void takeNews() {
    SelectedMailbox view = view();
    state = recent(ports.mailboxes().latest(user(), Set.of(view.id())));
  }

  /**
   * What was read, unless it is older than what the client has been shown: a primary that was
   * replaced and does not know it may answer so, and messages that came since are not expunged.
   *
   * @throws StoreUnavailable then
   */
  private UserState recent(UserState read) {
    if (read.seq() < newest) {
      throw new StoreUnavailable("the store shows the past");
    }
    newest = read.seq();
    return read;
  }

  /**
   * Commits an edit; what the command sees from now on holds it.
   *
   * @throws Refused as the edit does
   * @throws MailboxGone when it finds no mailbox since the selected one does not exist any more
   */
  <R> Mailboxes.Committed<R> commit(Edit<R> edit, String purpose) {
    Mailboxes.Committed<R> committed;
    try {
      committed = ports.mailboxes().commit(user(), origin(purpose), edit);
    } catch (Refused e) {
      if (e.refusal() instanceof Refusal.NoSuchMailbox && selected != null) {
        forgetState(); // it was refused by a later one
        selectedState();
      }
      throw e;
    }
    advance(committed.state());
    return committed;
  }

  private void advance(UserState later) {
    newest = Math.max(newest, later.seq());
    SelectedMailbox view = selected;
    boolean usable =
        view == null || later.mailbox(view.id()).map(MailboxState::isLoaded).orElse(true);
    state = usable ? later : null; // without its placements it is read again when asked for
  }

  /** The state this command had is of no use any more: something was changed beside it. */
  void forgetState() {
    state = null;
  }

  /** Whether this command has read the user's state. */
  public boolean hasState() {
    return state != null;
  }

  /** The mailbox of a name as the client wrote it; a separator at its end is tolerated. */
  static MailboxPath path(String name) {
    return new MailboxPath(
        name.length() > 1 && name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
  }

  /**
   * The mailbox of that name.
   *
   * @throws Refused NoSuchMailbox
   */
  MailboxState mailbox(String name) {
    return state()
        .mailbox(path(name))
        .orElseThrow(() -> new Refused(new Refusal.NoSuchMailbox(name)));
  }

  /**
   * The mailbox of that name with its placements.
   *
   * @throws Refused NoSuchMailbox
   */
  MailboxState loadedMailbox(String name) {
    MailboxState found = mailbox(name);
    if (!found.isLoaded()) {
      state = recent(ports.mailboxes().current(user(), Set.of(found.id())));
      found = mailbox(name);
    }
    return found;
  }

  // ---- what is selected

  public Optional<SelectedMailbox> selected() {
    return Optional.ofNullable(selected);
  }

  /** The selected mailbox; commands that need one are only allowed when there is one. */
  SelectedMailbox view() {
    SelectedMailbox view = selected;
    if (view == null) {
      throw new IllegalStateException("no mailbox is selected");
    }
    return view;
  }

  void select(SelectedMailbox view) {
    selected = view;
    watchSnapshot();
  }

  void unselect() {
    selected = null;
    state = null;
  }

  boolean condStore() {
    return condStore;
  }

  /**
   * Switches CONDSTORE on: from now on replies about flags tell MODSEQ (RFC 7162 section 3.1). A
   * client that has a mailbox selected already learns where it stands.
   */
  void enableCondStore() {
    if (!condStore) {
      condStore = true;
      SelectedMailbox view = selected;
      if (view != null) {
        state()
            .mailbox(view.id())
            .ifPresent(now ->
                send(
                    Response.told(
                        Condition.OK,
                        Code.highestModSeq(now.modSeq()),
                        "Mod-sequences are told from now on")));
      }
    }
  }

  /** The selected mailbox as it is now. */
  MailboxState selectedState() {
    return state().mailbox(view().id()).orElseThrow(MailboxGone::new);
  }

  /** Tells which messages came and, if that is allowed now, which are gone. */
  public void catchUpNumbers(boolean mayExpunge) {
    if (selected != null) {
      view().announceNumbers(selectedState(), mayExpunge, replies);
    }
  }

  /**
   * Tells everything that others changed in the selected mailbox.
   *
   * @throws MailboxGone when it does not exist any more
   */
  public void catchUp(boolean mayExpunge) {
    if (selected != null) {
      MailboxState now = selectedState();
      view().announceNumbers(now, mayExpunge, replies);
      view().announceFlags(now, state().seq(), condStore, replies);
    }
  }

  /** Tells new keywords before the command shows flags that hold them. */
  void announceKeywords() {
    if (state != null) {
      view().announceKeywords(selectedState().messages(), replies);
    }
  }

  /** Between commands a session holds no state of the user, and its snapshot not for long. */
  public void endCommand() {
    state = null;
    writer.drain();
    snapshotUsed = System.nanoTime();
    watchSnapshot();
  }

  private void watchSnapshot() {
    if (snapshotWatch == null && selected != null && selected.snapshot() != null) {
      snapshotWatch = connection.schedule(limits.snapshot(), this::releaseSnapshot);
    }
  }

  private void releaseSnapshot() {
    snapshotWatch = null;
    SelectedMailbox view = selected;
    if (view == null) {
      return;
    }
    Duration quiet = Duration.ofNanos(System.nanoTime() - snapshotUsed);
    if (quiet.compareTo(limits.snapshot()) >= 0) {
      view.release();
    } else {
      snapshotWatch = connection.schedule(limits.snapshot().minus(quiet), this::releaseSnapshot);
    }
  }

  // ---- IDLE

  public Optional<Idling> idling() {
    return Optional.ofNullable(idling);
  }

  void idle(Idling now) {
    idling = now;
  }

  /** IDLE is over: the client is told the rest, and has a snapshot for the next command. */
  public void endIdle() {
    Idling over = idling;
    idling = null;
    if (over != null) {
      over.look();
      over.close();
    }
  }

  /** The connection is gone. */
  public void close() {
    if (idling != null) {
      idling.close();
    }
    if (snapshotWatch != null) {
      snapshotWatch.cancel();
    }
    selected = null;
    state = null;
  }
}
