package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionTest {
  @Test
  void answersCommandsInOrderWhateverTheSegments() throws IOException {
    try (Server server = new Server(() -> new Lines((c, line) -> c.write(line + "\r\n")));
        Server.Client client = server.connect()) {
      assertThat(client.line()).isEqualTo("hello");
      client.send("a\r\nb\r\nc");
      assertThat(client.line()).isEqualTo("a");
      assertThat(client.line()).isEqualTo("b");
      client.send("d\r");
      client.send("\ne\n");
      assertThat(client.line()).isEqualTo("cd");
      assertThat(client.line()).isEqualTo("e");
    }
  }

  @Test
  void skipsALineThatIsTooLongAndGoesOn() throws IOException {
    try (Server server = new Server(() -> new Lines((c, line) -> c.write(line.length() + "\r\n")));
        Server.Client client = server.connect()) {
      client.line();
      client.send("x".repeat(Lines.LIMIT) + "\r\n");
      assertThat(client.line()).isEqualTo("100");
      client.send("x".repeat(Lines.LIMIT) + "\n");
      assertThat(client.line()).isEqualTo("100");
      client.send("tag " + "y".repeat(Lines.LIMIT - 3) + "\r\n");
      assertThat(client.line()).isEqualTo("too long: tag .." + "y".repeat(32));
      client.send("tag " + "y".repeat(1_000_000) + " {123+}\r\nnext\r\n");
      assertThat(client.line()).isEqualTo("too long: tag .." + "y".repeat(25) + " {123+}");
      assertThat(client.line()).isEqualTo("4");
      for (int i = 0; i < 3; i++) { // octet by octet, ending in a CR at the limit that ends nothing
        for (char c : ("tag " + "z".repeat(Lines.LIMIT - 4) + "\r\r\n").toCharArray()) {
          client.send(String.valueOf(c));
        }
        assertThat(client.line()).isEqualTo("too long: tag .." + "z".repeat(31) + "^");
      }
    }
  }

  @Test
  void runsTasksInOrderAndNeverWithinACommand() throws Exception {
    Queue<String> events = new ConcurrentLinkedQueue<>();
    CountDownLatch inCommand = new CountDownLatch(1);
    AtomicReference<Connection> connection = new AtomicReference<>();
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  connection.set(c);
                  events.add("start " + line);
                  inCommand.countDown();
                  ByteBuffer rest = ByteBuffer.wrap(c.input().readExactly(4));
                  events.add("end " + line);
                  c.write(rest);
                  c.write("\r\n");
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("first\r\n");
      assertThat(inCommand.await(5, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 100; i++) {
        int number = i;
        connection.get().execute(() -> events.add("task " + number));
      }
      client.send("rest");
      assertThat(client.line()).isEqualTo("rest");
      client.send("second\r\nrest");
      client.line();
    }
    assertThat(events.stream().limit(2)).containsExactly("start first", "end first");
    assertThat(events.stream().filter(e -> e.startsWith("task")))
        .hasSize(100)
        .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
    assertThat(events.stream().skip(102)).containsExactly("start second", "end second");
  }

  private static int number(String event) {
    return Integer.parseInt(event.substring("task ".length()));
  }

  @Test
  void wakesOnceForManyWakeUps() throws Exception {
    AtomicInteger woken = new AtomicInteger();
    AtomicReference<Connection> connection = new AtomicReference<>();
    class Woken extends Lines {
      Woken() {
        super((c, line) -> {
          connection.set(c);
          for (int i = 0; i < 1000; i++) {
            c.wake();
          }
          c.write("ok\r\n");
        });
      }

      @Override
      public void woken(Connection c) {
        woken.incrementAndGet();
        c.write("news\r\n");
      }
    }
    try (Server server = new Server(Woken::new);
        Server.Client client = server.connect()) {
      client.line();
      client.send("go\r\n");
      assertThat(client.line()).isEqualTo("ok");
      assertThat(client.line()).isEqualTo("news");
      assertThat(woken).hasValue(1);
      connection.get().wake();
      assertThat(client.line()).isEqualTo("news");
    }
  }

  @Test
  void refusesWritesOfForeignThreads() throws Exception {
    AtomicReference<Connection> connection = new AtomicReference<>();
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  connection.set(c);
                  c.write("ok\r\n");
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("x\r\n");
      client.line();
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> connection.get().write("no"))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closesWhenAHandlerThrowsAndServesTheOthers() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    class Throwing extends Lines {
      Throwing() {
        super((c, line) -> {
          if (line.equals("throw")) {
            throw new IllegalStateException("a planned fault: this log entry belongs to a test");
          }
          c.write("ok\r\n");
        });
      }

      @Override
      public void closed(Connection c) {
        closed.countDown();
      }
    }
    try (Server server = new Server(Throwing::new);
        Server.Client other = server.connect();
        Server.Client client = server.connect()) {
      other.line();
      client.line();
      client.send("throw\r\n");
      assertThat(client.line()).isNull();
      assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
      other.send("x\r\n");
      assertThat(other.line()).isEqualTo("ok");
    }
  }

  @Test
  void answersAClientThatHasEndedItsSide() throws IOException {
    try (Server server = new Server(() -> new Lines((c, line) -> c.write(line + "\r\n")));
        Server.Client client = server.connect()) {
      client.send("a\r\nb\r\n");
      client.socket.shutdownOutput();
      assertThat(client.line()).isEqualTo("hello");
      assertThat(client.line()).isEqualTo("a");
      assertThat(client.line()).isEqualTo("b");
      assertThat(client.line()).isNull();
    }
  }

  @Test
  void lastWordsArriveThoughInputIsUnread() throws Exception {
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  c.write("bye\r\n");
                  c.close();
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("quit\r\n" + "unread\r\n".repeat(20_000));
      Thread.sleep(200);
      assertThat(client.line()).isEqualTo("bye");
      assertThat(client.line()).isNull();
    }
  }

  @Test
  void tellsWhenAClientIsIdle() throws Exception {
    AtomicInteger faults = new AtomicInteger();
    class Idle extends Lines {
      Idle() {
        super((c, line) -> {
          if (line.equals("wait")) {
            c.input().readExactly(10);
            faults.incrementAndGet();
          }
          c.write("ok\r\n");
        });
      }

      @Override
      public void opened(Connection c) {
        c.idleTimeout(Duration.ofMillis(300));
        super.opened(c);
      }

      @Override
      public void idle(Connection c) {
        c.write("bye, idle\r\n");
      }
    }
    try (Server server = new Server(Idle::new);
        Server.Client active = server.connect();
        Server.Client quiet = server.connect();
        Server.Client half = server.connect()) {
      half.line();
      half.send("wait\r\n12345");
      active.line();
      for (int i = 0; i < 10; i++) {
        Thread.sleep(100);
        active.send("x\r\n");
        assertThat(active.line()).isEqualTo("ok");
      }
      assertThat(quiet.line()).isEqualTo("hello");
      assertThat(quiet.line()).isEqualTo("bye, idle");
      assertThat(quiet.line()).isNull();
      assertThat(half.line()).isEqualTo("bye, idle");
      assertThat(faults).hasValue(0);
      assertThat(active.line()).isEqualTo("bye, idle");
    }
  }

  @Test
  void schedulesAndCancels() throws IOException {
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  c.schedule(Duration.ofMillis(50), () -> c.write("no\r\n")).cancel();
                  c.schedule(Duration.ofMillis(100), () -> c.write("later\r\n"));
                  c.write("now\r\n");
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("x\r\n");
      assertThat(client.line()).isEqualTo("now");
      assertThat(client.line()).isEqualTo("later");
    }
  }

  @Test
  void startTlsDropsWhatCameInPlain() throws Exception {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  seen.add(line + (c.isTls() ? " in TLS" : " in plain"));
                  if (line.equals("STARTTLS")) {
                    c.write("go ahead\r\n");
                    c.startTls();
                  } else {
                    c.write("ok " + line + "\r\n");
                  }
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("STARTTLS\r\ninjected\r\n");
      assertThat(client.line()).isEqualTo("go ahead");
      Server.Client secure = new Server.Client(tls(client.socket));
      secure.send("login\r\n");
      assertThat(secure.line()).isEqualTo("ok login");
      secure.send("a\r\n");
      assertThat(secure.line()).isEqualTo("ok a");
      assertThat(seen).containsExactly("STARTTLS in plain", "login in TLS", "a in TLS");
    }
  }

  @Test
  void closesWhenPlainBytesComeInsteadOfAHandshake() throws Exception {
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  c.write("go ahead\r\n");
                  c.startTls();
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("STARTTLS\r\n");
      assertThat(client.line()).isEqualTo("go ahead");
      client.send("still plain\r\n");
      String answer = client.line(); // at most a TLS alert
      assertThat(answer == null || answer.charAt(0) == 0x15).isTrue();
    }
  }

  @Test
  void greetsBehindImplicitTls() throws Exception {
    try (Server server =
            new Server(Server::implicitTls, () -> new Lines((c, line) -> c.write(line + "\r\n")));
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.listener.port());
        SSLSocket socket = tls(plain)) {
      Server.Client client = new Server.Client(socket);
      assertThat(client.line()).isEqualTo("hello");
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
      client.send("x".repeat(90) + "\r\n");
      assertThat(client.line()).hasSize(90);
    }
  }

  @Test
  void aHandlerThatWasNeverOpenedIsNeverClosed() throws Exception {
    Queue<String> events = new ConcurrentLinkedQueue<>();
    class Watched extends Lines {
      Watched() {
        super((c, line) -> c.write("ok\r\n"));
      }

      @Override
      public void opened(Connection c) {
        events.add("opened");
        super.opened(c);
      }

      @Override
      public void draining(Connection c) {
        events.add("draining");
      }

      @Override
      public void closed(Connection c) {
        events.add("closed");
      }
    }
    try (Server server = new Server(Server::implicitTls, Watched::new)) {
      try (Server.Client client = server.connect()) {
        client.send("no handshake\r\n");
        String alert = client.line(); // an alert at most
        assertThat(alert == null || alert.charAt(0) == 0x15).isTrue();
      }
      try (Server.Client silent = server.connect();
          SSLSocket socket = tls(server.connect().socket)) {
        assertThat(new Server.Client(socket).line()).isEqualTo("hello");
        server.listener.drain(Duration.ofSeconds(5));
        assertThat(events).containsExactly("opened", "draining", "closed");
        assertThat(server.listener.connections()).isZero();
        assertThat(silent.line()).isNull();
      }
    }
  }

  static SSLSocket tls(Socket plain) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAnything()}, null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 1, true);
    socket.startHandshake();
    return socket;
  }

  private static final class TrustAnything implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      assertThat(List.of(chain)).hasSize(1);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
