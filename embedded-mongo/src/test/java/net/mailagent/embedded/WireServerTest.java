package net.mailagent.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The accepting thread, which must outlive whatever goes wrong with one connection. */
@Timeout(60)
class WireServerTest {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();
  private static final CommandHandler PONG = (command, out) -> out.begin().put("ok", 1.0).end();

  private final EmbeddedMongoSettings settings = EmbeddedMongoSettings.in(Path.of("unused"));

  @Test
  void aThreadThatCannotStartCostsItsOwnConnectionOnly() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ThreadFactory scarce =
        run -> {
          if (asked.getAndIncrement() < 2) {
            return new Thread(run) {
              @Override
              public void start() {
                throw new OutOfMemoryError("unable to create native thread");
              }
            };
          }
          return THREADS.newThread(run);
        };
    try (WireServer server = WireServer.start(settings, PONG, scarce, () -> {})) {
      for (int i = 0; i < 2; i++) {
        try (Socket socket = connect(server)) {
          assertThat(socket.getInputStream().read()).isEqualTo(-1); // closed, not left open
        }
      }
      try (Socket socket = connect(server)) {
        assertThat(answered(socket)).isTrue();
      }
    }
  }

  @Test
  void whatRunsEverySecondMayFail() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Runnable failing =
        () -> {
          if (runs.getAndIncrement() == 0) {
            throw new IllegalStateException("for a test");
          }
        };
    try (WireServer server = WireServer.start(settings, PONG, THREADS, failing)) {
      while (runs.get() < 2) {
        Thread.sleep(10);
      }
      try (Socket socket = connect(server)) {
        assertThat(answered(socket)).isTrue();
      }
    }
  }

  @Test
  void everySecondPassesHoweverManyConnect() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (WireServer server =
        WireServer.start(settings, PONG, THREADS, () -> runs.incrementAndGet())) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (System.nanoTime() - end < 0) {
        connect(server).close();
        Thread.sleep(50);
      }
      assertThat(runs).hasPositiveValue();
    }
  }

  private static Socket connect(WireServer server) throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends a ping as OP_MSG and reads the header of a reply. */
  private static boolean answered(Socket socket) throws IOException {
    Doc ping = Bytes.of("{ping: 1, $db: 'admin'}");
    DocWriter message = new DocWriter();
    message.writeInt32(16 + 5 + ping.size());
    message.writeInt32(1);
    message.writeInt32(0);
    message.writeInt32(2013);
    message.writeInt32(0);
    message.writeByte(0);
    socket.getOutputStream().write(message.buffer(), 0, message.position());
    socket.getOutputStream().write(ping.copyBytes());
    return socket.getInputStream().readNBytes(16).length == 16;
  }
}
