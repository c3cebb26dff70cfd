package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Lines and slices are the same however the network cut the octets. */
class InputTest {
  private static class Unpaused implements Input.Flow {
    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void beforeWait() {}

    @Override
    public long idleNanos() {
      return TimeUnit.SECONDS.toNanos(5);
    }

    @Override
    public void requireRunner() {}
  }

  /** A socket whose event loop runs what is queued when a test says so. */
  private static final class Socket extends Unpaused {
    final Deque<Runnable> queued = new ArrayDeque<>();
    boolean reads = true;

    @Override
    public void pause() {
      reads = false;
    }

    @Override
    public void resume() {
      queued.add(() -> reads = true);
    }
  }

  @Test
  void aResumeThatComesLateDoesNotUndoALaterPause() {
    Socket socket = new Socket();
    Input input = new Input(socket, 10);
    input.append(new byte[10]);
    assertThat(socket.reads).isFalse();
    input.skip(10); // the runner has read all: a resume is on its way
    input.append(new byte[10]); // out of what the socket had read already
    assertThat(socket.reads).isFalse();
    socket.queued.remove().run();
    input.append(new byte[1]);
    assertThat(socket.reads).isFalse();
    assertThat(socket.queued).isEmpty();
    input.skip(11);
    socket.queued.remove().run();
    assertThat(socket.reads).isTrue();
  }

  private static Input input(byte[] octets, int step) {
    Input input = new Input(new Unpaused(), 1 << 20);
    for (int from = 0; from < octets.length; from += step) {
      input.append(Arrays.copyOfRange(octets, from, Math.min(octets.length, from + step)));
    }
    input.end();
    return input;
  }

  @Property(tries = 2000)
  void linesDoNotDependOnSegments(
      @ForAll @Size(max = 60) List<@IntRange(max = 4) Integer> alphabet,
      @ForAll @IntRange(min = 1, max = 70) int step,
      @ForAll @IntRange(min = 0, max = 12) int limit) {
    byte[] octets = new byte[alphabet.size()];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) "\r\nabc".charAt(alphabet.get(i));
    }
    assertThat(lines(input(octets, step), limit)).isEqualTo(expected(octets, limit));
  }

  private static List<String> lines(Input input, int limit) {
    List<String> lines = new ArrayList<>();
    while (true) {
      try {
        Line line = input.readLine(limit);
        lines.add(text(line.octets()) + line.end());
      } catch (LineTooLong e) {
        lines.add("too long " + text(e.start()) + " .. " + text(e.end()));
      } catch (Disconnected e) {
        return lines;
      }
    }
  }

  /** The same by cutting a string. */
  private static List<String> expected(byte[] octets, int limit) {
    List<String> lines = new ArrayList<>();
    String rest = text(octets);
    for (int lf = rest.indexOf('\n'); lf >= 0; lf = rest.indexOf('\n')) {
      boolean crlf = lf > 0 && rest.charAt(lf - 1) == '\r';
      String line = rest.substring(0, crlf ? lf - 1 : lf);
      lines.add(
          line.length() > limit
              ? "too long "
                  + line.substring(0, limit)
                  + " .. "
                  + line.substring(Math.max(0, line.length() - LineTooLong.END_LENGTH))
              : line + (crlf ? Line.End.CRLF : Line.End.LF));
      rest = rest.substring(lf + 1);
    }
    return lines;
  }

  @Property(tries = 500)
  void slicesGiveEveryOctetOnce(
      @ForAll @Size(max = 5000) byte[] octets,
      @ForAll @IntRange(min = 1, max = 2000) int step,
      @ForAll @IntRange(min = 1, max = 300) int max) {
    Input input = input(octets, step);
    byte[] read = new byte[octets.length];
    int filled = 0;
    while (!input.isEmpty()) {
      var piece = input.read(max);
      int count = piece.remaining();
      assertThat(count).isBetween(1, max);
      piece.get(read, filled, count);
      filled += count;
    }
    assertThat(read).isEqualTo(octets);
    assertThat(input.consumed()).isEqualTo(octets.length);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.US_ASCII);
  }
}
