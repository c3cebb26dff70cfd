package net.mailagent.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.mailagent.agent.Agent;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Role;
import net.mailagent.mime.MimeLimits;
import net.mailagent.model.port.Messages;
import net.mailagent.store.Store;
import net.mailagent.store.StoreSettings;
import net.mailagent.store.content.ContentSettings;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All that the store does with a message before it writes it: parse, derive, decode, hash, cut into
 * chunks; the database is asked nothing. Beside it mime4j's bare token stream on the same octets,
 * which does none of the rest.
 */
@SuppressWarnings("NullAway.Init") // JMH calls open() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class IntakeBenchmark {
  private static final int PIECE = 32 << 10;

  /** Which message; see {@link Samples#message}. */
  @Param({"text", "umlauts", "cyrillic", "quoted", "html", "attachment", "parts"})
  public String message = "";

  private byte[] octets = {};
  private final Silent silent = new Silent();
  private DataFolder data;
  private Agent engine;
  private Store store;
  private Store textless;
  private final byte[] buffer = new byte[PIECE];

  /** Answers writes and look-ups of contents itself, from a moment on. */
  private static final class Silent implements Interceptor {
    private volatile boolean on;

    @Override
    @SuppressWarnings("unchecked") // what each kind of call returns
    public <T> T around(Call call, Supplier<T> effect) {
      if (!on) {
        return effect.get();
      }
      return switch (call.operation()) {
        case FIND -> (T) List.of();
        case BULK -> (T) Map.of();
        case UPDATE, DELETE -> (T) Long.valueOf(0);
        case MORE, COUNT, AGGREGATE, INSERT, FIND_AND_UPDATE, COMMAND, CREATE_INDEX -> effect.get();
      };
    }
  }

  /** Makes the message and a store. */
  @Setup
  public void open() throws IOException {
    octets = Samples.message(message);
    data = DataFolder.make();
    engine =
        Agent.start(Agent.onFreePorts(data.path()).with(AgentSettings.ROLES, Set.of(Role.STORE)));
    StoreSettings settings = StoreSettings.of(engine.storeUrl(), "bench");
    store = Store.open(settings, silent);
    textless = Store.open(settings.withContent(withoutText(settings.content())), silent);
    silent.on = true;
  }

  private static ContentSettings withoutText(ContentSettings settings) {
    MimeLimits limits = settings.limits();
    return settings.withLimits(
        new MimeLimits(
            limits.maxParts(),
            limits.maxDepth(),
            limits.maxHeaderBlock(),
            limits.maxBoundary(),
            limits.maxField(),
            limits.maxStructure(),
            limits.maxHeaders(),
            0,
            limits.maxSearchText()));
  }

  @TearDown
  public void close() throws IOException {
    silent.on = false;
    store.close();
    textless.close();
    engine.close();
    data.close();
  }

  /** Ours. */
  @Benchmark
  public Messages.Received intake() {
    return intake(store);
  }

  /** Ours without the words and the preview: what the octets cost whatever they say. */
  @Benchmark
  public Messages.Received intakeWithoutText() {
    return intake(textless);
  }

  private Messages.Received intake(Store into) {
    try (Messages.Intake intake = into.messages().receive(Long.MAX_VALUE)) {
      for (int at = 0; at < octets.length; at += PIECE) {
        intake.write(ByteBuffer.wrap(octets, at, Math.min(PIECE, octets.length - at)));
      }
      return intake.finish();
    }
  }

  /** Theirs. */
  @Benchmark
  public long mime4j() throws IOException, MimeException {
    MimeTokenStream stream = new MimeTokenStream(MimeConfig.PERMISSIVE);
    stream.parse(new ByteArrayInputStream(octets));
    long bodies = 0;
    for (EntityState state = stream.getState();
        state != EntityState.T_END_OF_STREAM;
        state = stream.next()) {
      if (state == EntityState.T_BODY) {
        InputStream body = stream.getInputStream();
        for (int n = body.read(buffer); n > 0; n = body.read(buffer)) {
          bodies += n;
        }
      }
    }
    return bodies;
  }
}
