package net.mailagent.imap.connection;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import net.mailagent.imap.handler.Capabilities;
import net.mailagent.imap.handler.Completion;
import net.mailagent.imap.handler.Idling;
import net.mailagent.imap.handler.Ports;
import net.mailagent.imap.handler.Session;
import net.mailagent.imap.handler.SessionLimits;
import net.mailagent.imap.response.Code;
import net.mailagent.imap.response.Condition;
import net.mailagent.imap.response.Response;
import net.mailagent.runtime.net.Cancellable;
import net.mailagent.runtime.net.Connection;
import net.mailagent.runtime.net.ConnectionHandler;
import net.mailagent.runtime.net.LineTooLong;
import org.jspecify.annotations.Nullable;

/**
 * One IMAP connection from greeting to good-bye: one command for each call, so that wake-ups find
 * their place in between. Runs on the connection's runner.
 */
public final class ImapConnection implements ConnectionHandler {
  /** How long the good-bye of a login that is too late may wait for a command under way. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Ports ports;
  private final SessionLimits limits;

  private @Nullable Session session;
  private @Nullable Dispatcher dispatcher;
  private @Nullable Cancellable loginDeadline;
  private long loginTimer;
  private volatile boolean loggedIn;
  private String idleTag = "";
  private int badCommands;

  /**
   * @param vertx whose timer ends a login that takes too long
   */
  public ImapConnection(Vertx vertx, Ports ports, SessionLimits limits) {
    this.vertx = vertx;
    this.ports = ports;
    this.limits = limits;
  }

  private Session session() {
    Session open = session;
    if (open == null) {
      throw new IllegalStateException("the connection was not opened");
    }
    return open;
  }

  @Override
  public void opened(Connection connection) {
    Session opened = new Session(connection, ports, limits);
    session = opened;
    dispatcher = new Dispatcher(opened, new ConnectionSource(connection, opened));
    connection.idleTimeout(limits.loginTimeout());
    loginDeadline = connection.schedule(limits.loginTimeout(), this::loginTooLate);
    // The runner may be held by a client that sends a line octet by octet: then it just ends.
    loginTimer =
        vertx.setTimer(
            limits.loginTimeout().plus(GRACE).toMillis(),
            id -> {
              if (!loggedIn) {
                connection.close();
              }
            });
    opened.send(
        Response.told(Condition.OK, Code.capability(Capabilities.of(opened)), "IMAP ready"));
    opened.endCommand();
  }

  private void loginTooLate() {
    if (!session().isLoggedIn()) {
      bye("No login within " + limits.loginTimeout().toSeconds() + " s");
      session().connection().close();
    }
  }

  @Override
  public void readable(Connection connection) {
    Dispatcher running = dispatcher;
    if (running == null) {
      throw new IllegalStateException("the connection was not opened");
    }
    if (session().idling().isPresent()) {
      done(connection, running);
      return;
    }
    Dispatcher.Done done = running.next();
    if (!loggedIn && session().isLoggedIn()) {
      loggedIn = true;
      cancelDeadlines();
    }
    switch (done.next()) {
      case CONTINUE -> {}
      case START_TLS -> connection.startTls();
      case CLOSE -> connection.close();
      case IDLE -> idleTag = done.tag();
    }
    if (done.bad() && !session().isLoggedIn() && ++badCommands >= limits.badCommands()) {
      bye("Too many bad commands");
      connection.close();
    }
  }

  @Override
  public void woken(Connection connection) {
    session().idling().ifPresent(Idling::woken);
  }

  /** A line within IDLE: DONE, which ends it (RFC 2177). */
  private void done(Connection connection, Dispatcher running) {
    String line;
    try {
      byte[] octets = connection.input().readLine(session().wireLimits().line()).octets();
      line = new String(octets, StandardCharsets.ISO_8859_1).strip();
    } catch (LineTooLong e) {
      line = "too long";
    }
    if (line.isEmpty()) {
      return; // a stray CRLF
    }
    session().endIdle();
    running.reply(
        idleTag,
        line.equalsIgnoreCase("DONE")
            ? Completion.ok("IDLE completed")
            : Completion.bad("expected DONE; IDLE is over"));
    session().endCommand();
  }

  private void bye(String why) {
    session().send(Response.told(Condition.BYE, why));
    session().writer().drain();
  }

  @Override
  public void idle(Connection connection) {
    bye("Idle for too long");
  }

  @Override
  public void draining(Connection connection) {
    session().send(Response.told(Condition.BYE, Code.UNAVAILABLE, "Server stops, come back soon"));
    session().writer().drain();
  }

  @Override
  public void closed(Connection connection) {
    if (session != null) {
      session.close();
    }
    cancelDeadlines();
  }

  private void cancelDeadlines() {
    vertx.cancelTimer(loginTimer);
    if (loginDeadline != null) {
      loginDeadline.cancel();
      loginDeadline = null;
    }
  }
}
