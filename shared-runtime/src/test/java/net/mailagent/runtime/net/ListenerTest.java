package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.mailagent.runtime.ops.Metrics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenerTest {
  private static ConnectionLimits limits(int max, int perAddress, int rate, String exempt) {
    ConnectionLimits l = Server.limits();
    return new ConnectionLimits(
        max,
        perAddress,
        rate,
        Network.parseAll(exempt),
        l.inputBeforeLogin(),
        l.inputBuffer(),
        l.outputBuffer(),
        l.outputInFlight(),
        l.outputAhead(),
        l.outputAheadBudget(),
        l.writeTimeout(),
        l.handshakeTimeout());
  }

  private static Server echo(ConnectionLimits limits) {
    return new Server(
        o -> Server.with(o, limits), () -> new Lines((c, line) -> c.write(line + "\r\n")));
  }

  @Test
  void refusesConnectionsPastTheLimitsOfAnAddress() throws Exception {
    try (Server server = echo(limits(1000, 2, 1000, ""));
        Server.Client first = server.connect();
        Server.Client second = server.connect()) {
      assertThat(first.line()).isEqualTo("hello");
      assertThat(second.line()).isEqualTo("hello");
      try (Server.Client third = server.connect()) {
        assertThat(third.line()).isEqualTo("* BYE too many");
        assertThat(third.line()).isNull();
      }
      first.close();
      Server.Client fourth = awaitHello(server);
      fourth.close();
    }
  }

  private static Server.Client awaitHello(Server server) throws Exception {
    for (int i = 0; i < 100; i++) {
      Server.Client client = server.connect();
      if ("hello".equals(client.line())) {
        return client;
      }
      client.close();
      Thread.sleep(50);
    }
    throw new AssertionError("the place was never given back");
  }

  @Test
  void refusesConnectionsPastTheRateOfAnAddress() throws Exception {
    try (Server server = echo(limits(1000, 1000, 5, ""))) {
      for (int i = 0; i < 5; i++) {
        try (Server.Client client = server.connect()) {
          assertThat(client.line()).isEqualTo("hello");
        }
      }
      try (Server.Client client = server.connect()) {
        assertThat(client.line()).isEqualTo("* BYE too many");
      }
    }
  }

  @Test
  void exemptsNetworksFromLimitsPerAddressButNotFromTheTotal() throws Exception {
    try (Server server = echo(limits(3, 1, 1, "127.0.0.0/8,::1"))) {
      List<Server.Client> clients = new java.util.ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(server.connect());
        assertThat(clients.getLast().line()).isEqualTo("hello");
      }
      Metrics metrics = new Metrics();
      server.listener.bindTo(metrics.registry());
      try (Server.Client client = server.connect()) {
        assertThat(lineOrReset(client)).isNull();
      }
      assertThat(server.listener.connections()).isEqualTo(3);
      assertThat(metrics.scrape())
          .contains("mailagent_connections_open{listener=\"test\"} 3")
          .contains("mailagent_connections_refused_total{listener=\"test\"} 1");
      for (Server.Client client : clients) {
        client.close();
      }
    }
  }

  private static @Nullable String lineOrReset(Server.Client client) throws IOException {
    try {
      return client.line();
    } catch (java.net.SocketException e) {
      return null;
    }
  }

  @Test
  void drainingLetsCommandsFinishAndSaysGoodBye() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    AtomicInteger closed = new AtomicInteger();
    class Draining extends Lines {
      Draining() {
        super((c, line) -> {
          if (line.equals("slow")) {
            started.countDown();
            await(finish);
          }
          c.write("done " + line + "\r\n");
        });
      }

      @Override
      public void draining(Connection c) {
        c.write("bye, stopping\r\n");
      }

      @Override
      public void closed(Connection c) {
        closed.incrementAndGet();
      }
    }
    try (Server server = new Server(Draining::new);
        Server.Client idle = server.connect();
        Server.Client busy = server.connect()) {
      idle.line();
      busy.line();
      busy.send("slow\r\n");
      assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
      int port = server.listener.port();
      Thread drain = Thread.startVirtualThread(() -> server.listener.drain(Duration.ofSeconds(20)));
      assertThat(idle.line()).isEqualTo("bye, stopping");
      assertThat(idle.line()).isNull();
      idle.close();
      assertNobodyListens(port);
      finish.countDown();
      assertThat(busy.line()).isEqualTo("done slow");
      assertThat(busy.line()).isEqualTo("bye, stopping");
      assertThat(busy.line()).isNull();
      busy.close();
      assertThat(drain.join(Duration.ofSeconds(10))).isTrue();
      assertThat(closed).hasValue(2);
    }
  }

  @Test
  void drainingEndsWithItsTimeout() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    class Stuck extends Lines {
      Stuck() {
        super((c, line) -> c.input().readExactly(10));
      }

      @Override
      public void closed(Connection c) {
        closed.countDown();
      }
    }
    try (Server server = new Server(Stuck::new);
        Server.Client client = server.connect()) {
      client.line();
      client.send("wait\r\n");
      long start = System.nanoTime();
      server.listener.drain(Duration.ofMillis(300));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
      assertThat(closed.await(1, TimeUnit.SECONDS)).isTrue();
      assertThat(lineOrReset(client)).isNull();
    }
  }

  private static void assertNobodyListens(int port) throws Exception {
    for (int i = 0; i < 100; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        Thread.sleep(20);
      } catch (ConnectException e) {
        return;
      } catch (SocketException e) {
        // it was in the kernel's queue when the listening socket was closed
        Thread.sleep(20);
      }
    }
    throw new AssertionError("port " + port + " is still open");
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void saysWhichAddressIsTaken() {
    try (Server server = echo(Server.limits())) {
      int port = server.listener.port();
      ListenerOptions o = Server.options();
      ListenerOptions taken =
          new ListenerOptions(
              "imap", o.host(), port, o.tls(), false, o.limits(), List.of(), o.refusal());
      io.vertx.core.Vertx other = io.vertx.core.Vertx.vertx(); // as another process would
      try {
        assertThatThrownBy(() -> Listener.start(other, taken, () -> new Lines((c, l) -> {})))
            .isInstanceOf(ListenException.class)
            .hasMessageStartingWith("imap cannot listen on 127.0.0.1:" + port);
      } finally {
        other.close().await();
      }
    }
  }
}
