package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection costs that does nothing; the figure is printed. */
@Timeout(120)
class IdleCostTest {
  private static final int CONNECTIONS = 2000;

  @Test
  void anIdleConnectionCostsLittle() throws Exception {
    class Idle extends Lines {
      Idle() {
        super((c, line) -> c.write(line + "\r\n"));
      }

      @Override
      public void opened(Connection c) {
        c.idleTimeout(Duration.ofMinutes(30));
        super.opened(c);
      }
    }
    try (Server server = new Server(Idle::new)) {
      List<Server.Client> clients = new ArrayList<>();
      try {
        connect(server, clients, 200); // what the first connections cost once
        long before = heap();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.listener.port());
          socket
              .getOutputStream()
              .write("x\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          sockets.add(socket);
          assertThat(socket.getInputStream().readNBytes(10)).hasSize(10); // hello, x
        }
        long perPair = (heap() - before) / CONNECTIONS;
        long perClient = clientCost();
        long cost = perPair - perClient;
        System.out.printf(
            "idle connection: %d bytes of heap (with its client's socket: %d)%n", cost, perPair);
        assertThat(cost).isBetween(500L, 4_000L);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
            .isLessThanOrEqualTo(threads + 4);
        for (Socket socket : sockets) {
          socket.close();
        }
      } finally {
        for (Server.Client client : clients) {
          client.close();
        }
      }
    }
  }

  /** What the test's own end of a connection costs, which lives in the same heap. */
  private static long clientCost() throws Exception {
    try (java.net.ServerSocket server =
        new java.net.ServerSocket(0, CONNECTIONS, InetAddress.getLoopbackAddress())) {
      long before = heap();
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        sockets.add(new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort()));
      }
      long cost = (heap() - before) / CONNECTIONS;
      for (Socket socket : sockets) {
        socket.close();
      }
      return cost;
    }
  }

  private static void connect(Server server, List<Server.Client> clients, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      Server.Client client = server.connect();
      clients.add(client);
      client.line();
    }
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
