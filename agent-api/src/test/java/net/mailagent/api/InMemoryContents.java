package net.mailagent.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.mailagent.mime.Attachments;
import net.mailagent.mime.LeafInfo;
import net.mailagent.mime.MimeLimits;
import net.mailagent.mime.MimeParser;
import net.mailagent.mime.MimeSink;
import net.mailagent.mime.ParsedMessage;
import net.mailagent.mime.Sections;
import net.mailagent.mime.Selection;
import net.mailagent.mime.TransferDecoding;
import net.mailagent.model.Attachment;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.port.Messages.Intake;
import net.mailagent.model.port.Messages.Received;
import net.mailagent.model.port.StoredMessage;
import org.jspecify.annotations.Nullable;

/** Message contents in memory, parsed by the real parser. Any thread. */
final class InMemoryContents {
  private static final int BLOCK = 1000;

  /** A content: its octets and what the parser made of them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Content(byte[] raw, ParsedMessage parsed) implements Received {
    static Content of(byte[] raw) {
      MimeParser parser = new MimeParser(MimeLimits.standard(), new Nowhere());
      parser.write(ByteBuffer.wrap(raw));
      return new Content(raw, parser.finish());
    }

    @Override
    public long size() {
      return raw.length;
    }
  }

  private static final class Nowhere implements MimeSink {
    @Override
    public void bytes(ByteBuffer slice) {}

    @Override
    public void bodyStart(LeafInfo leaf) {}

    @Override
    public void body(ByteBuffer slice) {}

    @Override
    public void bodyEnd() {}
  }

  private final Map<ContentId, Content> contents = new ConcurrentHashMap<>();

  /** Intakes that were neither finished nor given up. */
  final AtomicInteger open = new AtomicInteger();

  /** Octets that all intakes took. */
  final AtomicLong taken = new AtomicLong();

  /** Octets that were read of all messages. */
  final AtomicLong given = new AtomicLong();

  /** When set, an intake takes a piece only when it gets a permit. */
  volatile @Nullable Semaphore permits;

  /** When set, reading fails behind that many octets. */
  volatile long failBehind = Long.MAX_VALUE;

  ContentId keep(Received message) {
    ContentId id = ContentId.random();
    contents.put(id, (Content) message);
    return id;
  }

  Optional<StoredMessage> stored(ContentId id) {
    return Optional.ofNullable(contents.get(id)).map(content -> new Stored(id, content));
  }

  /** Loses all contents. */
  void lose() {
    contents.clear();
  }

  /** The thread that every content has here. */
  static String threadOf(ContentId content) {
    return new StringBuilder(content.hex()).reverse().toString();
  }

  Intake receive(long limit) {
    open.incrementAndGet();
    return new Intake() {
      private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
      private boolean ended;

      @Override
      public void write(ByteBuffer bytes) {
        Semaphore wanted = permits;
        if (wanted != null) {
          wanted.acquireUninterruptibly();
        }
        if (octets.size() + bytes.remaining() > limit) {
          throw new Refused(new Refusal.TooBig(limit));
        }
        taken.addAndGet(bytes.remaining());
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        octets.writeBytes(copy);
      }

      @Override
      public Received finish() {
        close();
        return Content.of(octets.toByteArray());
      }

      @Override
      public void close() {
        if (!ended) {
          ended = true;
          open.decrementAndGet();
        }
      }
    };
  }

  private final class Stored implements StoredMessage {
    private final ContentId id;
    private final Content content;

    Stored(ContentId id, Content content) {
      this.id = id;
      this.content = content;
    }

    @Override
    public ContentId id() {
      return id;
    }

    @Override
    public long size() {
      return content.size();
    }

    @Override
    public byte[] envelope() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public byte[] bodyStructure() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public byte[] body() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public String preview() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public String thread() {
      return threadOf(id);
    }

    @Override
    public List<Attachment> attachments() {
      return Attachments.of(content.parsed().root());
    }

    @Override
    public Optional<ByteSource> open(Section section, long offset, long length) {
      return Sections.locate(content.parsed().root(), section)
          .map(selection -> {
            byte[] octets = octets(selection);
            int from = (int) Math.min(offset, octets.length);
            int to = (int) Math.min(from + Math.min(length, octets.length), octets.length);
            return new Blocks(Arrays.copyOfRange(octets, from, to), true);
          });
    }

    private byte[] octets(Selection selection) {
      byte[] range =
          Arrays.copyOfRange(content.raw(), (int) selection.start(), (int) selection.end());
      return switch (selection) {
        case Selection.Range r -> range;
        case Selection.Filtered f -> throw new IllegalStateException("the API has no use for it");
        case Selection.Encoded e -> decoded(range, e.transferEncoding());
      };
    }
  }

  private byte[] decoded(byte[] range, String encoding) {
    ByteSource source = TransferDecoding.decode(() -> new Blocks(range, false), encoding);
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (ByteBuffer block = source.next(); block != null; block = source.next()) {
      byte[] copy = new byte[block.remaining()];
      block.get(copy);
      octets.writeBytes(copy);
    }
    return octets.toByteArray();
  }

  /** Octets in small blocks. */
  private final class Blocks implements ByteSource {
    private final byte[] octets;
    private final boolean counted;
    private int at;

    Blocks(byte[] octets, boolean counted) {
      this.octets = octets;
      this.counted = counted;
    }

    @Override
    public long length() {
      return octets.length;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (counted && at >= failBehind) {
        throw new StoreUnavailable("cannot read");
      }
      if (at == octets.length) {
        return null;
      }
      int size = Math.min(BLOCK, octets.length - at);
      at += size;
      given.addAndGet(counted ? size : 0);
      return ByteBuffer.wrap(octets, at - size, size).asReadOnlyBuffer();
    }

    @Override
    public void close() {}
  }
}
