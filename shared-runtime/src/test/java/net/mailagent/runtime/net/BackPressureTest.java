package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a client sends or does not read, only bounded memory is spent on it. */
@Timeout(60)
class BackPressureTest {
  // What a socket's buffers in the kernel can hold on both sides, at the very most.
  private static final long KERNEL = 16 << 20;

  @Test
  void aSlowReaderMakesTheWriterWait() throws Exception {
    long total = 256L << 20;
    AtomicLong written = new AtomicLong();
    CountDownLatch done = new CountDownLatch(1);
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  byte[] block = new byte[8192];
                  while (written.get() < total) {
                    c.write(ByteBuffer.wrap(block));
                    written.addAndGet(block.length);
                  }
                  c.flush();
                  done.countDown();
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("go\r\n");
      long before;
      do {
        before = written.get();
        Thread.sleep(200);
      } while (written.get() != before);
      assertThat(before).isBetween(1L, KERNEL);
      byte[] sink = new byte[1 << 20];
      long read = 0;
      while (read < total) {
        read += client.socket.getInputStream().read(sink);
      }
      assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(written).hasValue(total);
    }
  }

  @Test
  void aClientThatReadsNothingIsClosedInTheEnd() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    class Endless extends Lines {
      Endless() {
        super((c, line) -> {
          while (true) {
            c.write(new byte[8192]);
          }
        });
      }

      @Override
      public void closed(Connection connection) {
        closed.countDown();
      }
    }
    ConnectionLimits l = Server.limits();
    ConnectionLimits impatient =
        new ConnectionLimits(
            l.maxConnections(),
            l.maxPerAddress(),
            l.ratePerMinute(),
            l.exempt(),
            l.inputBeforeLogin(),
            l.inputBuffer(),
            l.outputBuffer(),
            l.outputInFlight(),
            l.outputAhead(),
            l.outputAheadBudget(),
            Duration.ofMillis(500),
            l.handshakeTimeout());
    try (Server server = new Server(o -> Server.with(o, impatient), Endless::new);
        Server.Client client = server.connect()) {
      client.send("go\r\n");
      assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aFastSenderIsPausedWhileNobodyReads() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    AtomicLong buffered = new AtomicLong();
    AtomicLong received = new AtomicLong();
    long total = 64L << 20;
    class Reader extends Lines {
      Reader() {
        super((c, line) -> {
          c.loggedIn();
          ListenerTest.await(read);
          buffered.set(c.input().buffered());
          while (received.get() < total) {
            received.addAndGet(c.input().read(Integer.MAX_VALUE).remaining());
          }
          c.write("done\r\n");
        });
      }
    }
    try (Server server = new Server(Reader::new);
        Server.Client client = server.connect()) {
      client.line();
      client.send("go\r\n");
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              byte[] block = new byte[1 << 16];
              while (sent.get() < total) {
                client.out.write(block);
                sent.addAndGet(block.length);
              }
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      long before;
      do {
        before = sent.get();
        Thread.sleep(200);
      } while (sent.get() != before);
      assertThat(before).isLessThan(KERNEL);
      long start = System.nanoTime();
      read.countDown();
      assertThat(client.line()).isEqualTo("done");
      sender.join();
      System.out.printf(
          "input: %d MiB/s plain over loopback%n",
          (total >> 20) * 1_000_000_000L / (System.nanoTime() - start));
      assertThat(buffered.get()).isBetween(1L, (long) Server.limits().inputBuffer() + 8192);
      assertThat(received).hasValue(total);
    }
  }

  @Test
  void littleIsBufferedBeforeLogin() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    AtomicLong buffered = new AtomicLong();
    try (Server server =
            new Server(() ->
                new Lines((c, line) -> {
                  ListenerTest.await(read);
                  buffered.set(c.input().buffered());
                  c.input().skip(1 << 20);
                  c.write("done\r\n");
                }));
        Server.Client client = server.connect()) {
      client.line();
      client.send("go\r\n");
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              client.out.write(new byte[1 << 20]);
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      Thread.sleep(300);
      read.countDown();
      assertThat(client.line()).isEqualTo("done");
      sender.join();
      assertThat(buffered.get()).isBetween(1L, 16L << 10);
    }
  }
}
