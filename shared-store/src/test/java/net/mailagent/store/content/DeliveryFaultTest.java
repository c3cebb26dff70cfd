package net.mailagent.store.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.mailagent.model.ContentId;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.port.Messages;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Interceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A delivery that loses a call, or the reply of a call, at every point in turn: what is placed is
 * readable for ever, by whatever node, and what shares its blobs is not harmed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveryFaultTest {
  /** A delivery makes fewer calls than that. */
  private static final int CALLS = 16;

  private final ContentSettings settings =
      ContentSettings.standard().withSizes(1_000, 2_000, 10, 100).withChunks(500, 1_200);
  private final Map<ContentId, byte[]> delivered = new LinkedHashMap<>();
  private ContentFixture fixture;
  private UserId user;

  @BeforeAll
  void open() {
    fixture = new ContentFixture(settings);
    user = fixture.journals.newUser(0);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  /** Loses the call of that number, before or after it took effect; all later ones too if dead. */
  private static Interceptor losing(int number, boolean before, boolean dead) {
    AtomicInteger count = new AtomicInteger();
    return new Interceptor() {
      @Override
      public <T> T around(Call call, Supplier<T> effect) {
        int now = count.incrementAndGet();
        if (now == number ? before : dead && now > number) {
          throw new StoreUnavailable("lost before " + call);
        }
        T reply = effect.get();
        if (now == number) {
          throw new StoreUnavailable("lost after " + call);
        }
        return reply;
      }
    };
  }

  @Test
  void whateverIsLostNothingThatWasPlacedIsHarmed() {
    int failures = 0;
    int kinds = 0;
    for (int mode = 0; mode < 8; mode++) {
      boolean before = (mode & 1) == 0;
      boolean dead = (mode & 2) == 0;
      boolean shared = (mode & 4) == 0;
      for (int number = 1; number <= CALLS; number++) {
        // each twice: what the first attempt leaves, the second meets
        int kind = shared ? number % 2 : ++kinds + 1;
        byte[] sent = MessageStoreTest.withAttachment("n" + number, bytes(kind));
        fixture.watch.then = losing(number, before, dead);
        failures += attempt(fixture.otherNode(settings), sent) ? 0 : 1;
        fixture.watch.then = Interceptor.NONE;
        assertThat(attempt(fixture.otherNode(settings), sent)).isTrue();
        everythingIsReadable();
      }
    }
    assertThat(failures).isGreaterThan(20);
  }

  private static byte[] bytes(int kind) {
    return MessageStoreTest.random(2_000 + 11 * kind, kind);
  }

  /** Whether it was delivered. */
  private boolean attempt(MessageStore node, byte[] sent) {
    try (Messages.Intake intake = node.receive(Long.MAX_VALUE)) {
      intake.write(ByteBuffer.wrap(sent));
      List<Messages.Verdict> verdicts =
          node.deliver(
              intake.finish(),
              List.of(new Messages.Delivery(user, new byte[0], null)),
              ContentFixture.ORIGIN);
      if (verdicts.getFirst() instanceof Messages.Verdict.Delivered done) {
        delivered.put(done.content(), sent);
        return true;
      }
      return false;
    } catch (StoreUnavailable lost) {
      return false;
    }
  }

  private void everythingIsReadable() {
    MessageStore node = fixture.otherNode(settings);
    List<ContentId> placed = new ArrayList<>();
    for (Placement row :
        fixture.inbox(user).messages().rows(fixture.inbox(user).messages().uids())) {
      placed.add(row.content());
    }
    assertThat(placed).containsExactlyElementsOf(delivered.keySet());
    List<ContentId> last = placed.subList(Math.max(0, placed.size() - 5), placed.size());
    for (ContentId id : last) {
      assertThat(
              ContentFixture.bytes(
                  ContentFixture.message(node, user, id)
                      .open(net.mailagent.model.Section.WHOLE)
                      .orElseThrow()))
          .isEqualTo(delivered.get(id));
    }
  }
}
