package net.mailagent.lmtp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import net.mailagent.model.Refused;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.runtime.net.ConnectionEnded;
import net.mailagent.runtime.net.Input;
import net.mailagent.runtime.ops.Faults;
import org.jspecify.annotations.Nullable;

/**
 * Takes one message from the input to its end. Slices of the input go straight to the store's
 * intake, which blocks while the store is slower: then nothing is read and the socket fills. After
 * a failure the rest is read and dropped, for the client must hear of it at the end of its data.
 * The connection's runner only; one receiver per message.
 */
final class MessageReceiver implements AutoCloseable {
  private static final int PIECE = 64 << 10;
  private static final int KEY_OCTETS = 18;

  private final String id;
  private final LmtpLimits limits;
  private final boolean trusted;
  private final Optional<String> forwardedId;
  private final ReceivedField received;
  private final @Nullable MessageDigest digest; // none when there will be no key
  private Messages.@Nullable Intake intake;
  private @Nullable Reply failure;
  private Messages.@Nullable Received message;
  private byte[] contentHash = {};
  private Optional<String> queueId = Optional.empty();
  private long octets;

  /**
   * @param id of the transaction, for the log
   * @param trusted whether the client's Received field is believed
   * @param forwardedId the queue id by XFORWARD, if any
   */
  MessageReceiver(
      String id,
      LmtpLimits limits,
      boolean trusted,
      Optional<String> forwardedId,
      Messages messages) {
    this.id = id;
    this.limits = limits;
    this.trusted = trusted;
    this.forwardedId = forwardedId;
    this.received = new ReceivedField(limits.traceLookahead());
    this.digest = trusted || forwardedId.isPresent() ? sha256() : null;
    attempt(() -> intake = messages.receive(limits.messageSize()));
  }

  /** Reads the message; blocks until its end came. */
  void receive(Input input) {
    DotReader dots = new DotReader();
    boolean ended = false;
    while (!ended) {
      ByteBuffer piece = input.peek(PIECE);
      int before = piece.remaining();
      ended = dots.feed(piece, this::write);
      input.skip(before - piece.remaining());
    }
    Messages.Intake open = intake;
    if (open != null && failure == null) {
      attempt(() -> message = open.finish());
    }
    if (digest != null) {
      contentHash = digest.digest();
      queueId =
          forwardedId.or(() ->
              trusted
                  ? received.queueId(Instant.now(), limits.redeliveryWindow())
                  : Optional.empty());
    }
  }

  private void write(ByteBuffer slice) {
    octets += slice.remaining();
    Messages.Intake open = intake;
    if (open == null || failure != null) {
      return;
    }
    if (digest != null) {
      digest.update(slice.duplicate());
      received.see(slice);
    }
    attempt(() -> open.write(slice));
  }

  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (ConnectionEnded e) {
      throw e;
    } catch (Refused e) {
      failure = Verdicts.refused(e.refusal(), limits.overQuotaPermanent());
    } catch (StoreUnavailable e) {
      failure = Reply.tryAgain("the store is not available, try again");
    } catch (RuntimeException e) {
      failure = Reply.tryAgain("internal error, reference " + Faults.log("lmtp DATA " + id, e));
    }
    if (failure != null) {
      close(); // what was stored so far is of no use; do not hold it while the rest is dropped
    }
  }

  /** Why the message was not received, or empty when it was. */
  Optional<Reply> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * The message.
   *
   * @throws IllegalStateException when it was not received
   */
  Messages.Received message() {
    Messages.Received whole = message;
    if (whole == null) {
      throw new IllegalStateException("the message was not received");
    }
    return whole;
  }

  /** How many octets came, dots undone. */
  long octets() {
    return octets;
  }

  /** The relay's queue id, if it gave one that is believed. */
  Optional<String> queueId() {
    return queueId;
  }

  /**
   * The deduplication key of the delivery to that user (journal.md 16), a digest of queue id, user
   * and content; null without a queue id. The user stands for the recipient: after a lost reply the
   * relay may ask for another of the user's addresses that the first delivery had served too.
   */
  @Nullable String key(UserId user) {
    if (queueId.isEmpty()) {
      return null;
    }
    MessageDigest key = sha256();
    key.update(queueId.get().getBytes(StandardCharsets.UTF_8));
    key.update((byte) 0);
    key.update(user.hex().getBytes(StandardCharsets.US_ASCII));
    key.update((byte) 0);
    key.update(contentHash);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(key.digest(), KEY_OCTETS));
  }

  /** Gives up the intake unless the message was received. */
  @Override
  public void close() {
    Messages.Intake open = intake;
    intake = null;
    if (open != null) {
      try {
        open.close();
      } catch (RuntimeException e) {
        Faults.log("lmtp DATA " + id + " giving up an intake", e);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
