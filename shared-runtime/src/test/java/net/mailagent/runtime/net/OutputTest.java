package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is sent is what was written; what is in flight is bounded, for each and for all. */
@Timeout(60)
class OutputTest {
  private static final int PIECE = 1 << 10;
  private static final int IN_FLIGHT = 4 << 10;
  private static final int AHEAD = 32 << 10;

  /** A socket that takes octets when it is told to. */
  private static final class Slow implements Output.Socket {
    final List<ByteBuffer> sent = new ArrayList<>();
    final List<Integer> pieces = new ArrayList<>();
    final AtomicInteger untaken = new AtomicInteger();

    @Override
    public synchronized void send(List<ByteBuffer> octets, int length) {
      assertThat(octets.stream().mapToInt(ByteBuffer::remaining).sum()).isEqualTo(length);
      sent.addAll(octets);
      pieces.add(length);
      untaken.addAndGet(length);
    }

    synchronized byte[] all() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteBuffer one : sent) {
        byte[] octets = new byte[one.remaining()];
        one.duplicate().get(octets);
        all.writeBytes(octets);
      }
      return all.toByteArray();
    }
  }

  private static Output output(Output.Socket socket, OutputAhead ahead, Duration patience) {
    return new Output(socket, PIECE, IN_FLIGHT, ahead, patience);
  }

  /** Writes until it has to wait for longer than it may. */
  private static Slow stuck(OutputAhead ahead) {
    Slow socket = new Slow();
    Output output = output(socket, ahead, Duration.ofMillis(20));
    assertThatThrownBy(
            () -> {
              while (true) {
                output.write(ByteBuffer.allocate(PIECE));
              }
            })
        .isInstanceOf(WriteTimeout.class);
    return socket;
  }

  @Test
  void whatIsWrittenIsSentHoweverItIsCut() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      Slow socket = new Slow();
      Output output =
          new Output(
              (octets, length) -> socket.send(octets, length),
              1 + random.nextInt(9_000),
              Integer.MAX_VALUE,
              new OutputAhead(0, 0),
              Duration.ofSeconds(1));
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      for (int i = random.nextInt(20); i >= 0; i--) {
        byte[] octets = new byte[random.nextInt(random.nextBoolean() ? 20_000 : 40)];
        random.nextBytes(octets);
        expected.writeBytes(octets);
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        boolean lasting = random.nextBoolean();
        output.write(lasting ? buffer.asReadOnlyBuffer() : buffer);
        if (!lasting) {
          java.util.Arrays.fill(octets, (byte) 0); // its owner goes on using it
        }
        if (random.nextInt(5) == 0) {
          output.write("text");
          expected.writeBytes(new byte[] {'t', 'e', 'x', 't'});
        }
      }
      output.send();
      assertThat(socket.all()).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void whoTakesNothingGetsNoMoreThanOneAmountAhead() {
    OutputAhead ahead = new OutputAhead(AHEAD, AHEAD);
    int first = stuck(ahead).untaken.get();
    assertThat(first).isBetween(IN_FLIGHT + AHEAD, IN_FLIGHT + 2 * AHEAD);
    // the budget is used up: the others get what each may
    assertThat(stuck(ahead).untaken.get()).isLessThanOrEqualTo(IN_FLIGHT + PIECE);
    assertThat(stuck(ahead).untaken.get()).isLessThanOrEqualTo(IN_FLIGHT + PIECE);
  }

  @Test
  void whatWasTakenAheadIsGivenBack() {
    OutputAhead ahead = new OutputAhead(AHEAD, AHEAD);
    Slow socket = new Slow();
    Output output = output(socket, ahead, Duration.ofSeconds(10));
    while (socket.untaken.get() < IN_FLIGHT + AHEAD / 2) {
      output.write(ByteBuffer.allocate(PIECE));
    }
    assertThat(ahead.take()).isFalse();
    output.taken(socket.untaken.getAndSet(0));
    assertThat(ahead.take()).isTrue();
    ahead.giveBack();
    while (socket.untaken.get() < IN_FLIGHT + AHEAD / 2) {
      output.write(ByteBuffer.allocate(PIECE));
    }
    assertThat(ahead.take()).isFalse();
    output.end();
    output.taken(socket.untaken.get()); // its channel fails what it holds
    assertThat(ahead.take()).isTrue();
    assertThat(ahead.take()).isFalse();
  }

  @Test
  void whoIsSlowLosesIt() throws Exception {
    OutputAhead ahead = new OutputAhead(AHEAD, AHEAD);
    Slow socket = new Slow();
    Output output = output(socket, ahead, Duration.ofSeconds(20));
    Thread writer =
        Thread.startVirtualThread(() -> {
          for (int i = 0; i < 100; i++) {
            output.write(ByteBuffer.allocate(PIECE));
          }
        });
    while (socket.untaken.get() < IN_FLIGHT + AHEAD) {
      Thread.sleep(1);
    }
    TimeUnit.MILLISECONDS.sleep(250); // longer than a fast client takes
    while (writer.isAlive()) {
      if (socket.untaken.get() >= PIECE) {
        socket.untaken.addAndGet(-PIECE);
        output.taken(PIECE);
      }
      Thread.sleep(15);
    }
    assertThat(socket.untaken.get()).isPositive().isLessThanOrEqualTo(IN_FLIGHT + PIECE);
    assertThat(ahead.take()).isTrue();
  }
}
