package net.mailagent.imap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import net.mailagent.mime.Attachments;
import net.mailagent.mime.HeaderFilter;
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
import net.mailagent.model.Flags;
import net.mailagent.model.MailboxId;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import net.mailagent.model.StoreUnavailable;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.AddMessages;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;
import org.jspecify.annotations.Nullable;

/** Message contents in memory, parsed by the real parser. Any thread. */
final class InMemoryMessages implements Messages {
  /** A content: its octets and what the parser made of them. */
  record Content(byte[] raw, ParsedMessage parsed) implements Received {
    @Override
    public long size() {
      return raw.length;
    }

    static Content of(byte[] raw) {
      MimeParser parser = new MimeParser(MimeLimits.standard(), new Nowhere());
      parser.write(ByteBuffer.wrap(raw));
      return new Content(raw, parser.finish());
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

  private static final int BLOCK = 1000;

  private final Mailboxes mailboxes;
  private final Map<ContentId, Content> contents = new ConcurrentHashMap<>();
  private final Set<ContentId> unreadable = ConcurrentHashMap.newKeySet();
  private final Set<ContentId> awayAt = ConcurrentHashMap.newKeySet();
  private final Set<ContentId> faulty = ConcurrentHashMap.newKeySet();
  private volatile int openIntakes;
  private volatile long largestWrite;

  InMemoryMessages(Mailboxes mailboxes) {
    this.mailboxes = mailboxes;
  }

  Content content(ContentId id) {
    return Optional.ofNullable(contents.get(id)).orElseThrow();
  }

  /** Has the octets and large fields of that message fail to be read. */
  void unreadable(ContentId id) {
    unreadable.add(id);
  }

  /** Has the store go away when that message is to be read. */
  void awayAt(ContentId id) {
    awayAt.add(id);
  }

  /** Has the large fields of that message be damaged. */
  void faulty(ContentId id) {
    faulty.add(id);
  }

  /** Loses a content. */
  void lose(ContentId id) {
    contents.remove(id);
  }

  /** Intakes that were neither finished nor closed. */
  int openIntakes() {
    return openIntakes;
  }

  /** The most octets that one write brought. */
  long largestWrite() {
    return largestWrite;
  }

  @Override
  public Intake receive(long limit) {
    openIntakes++;
    return new Intake() {
      private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
      private boolean open = true;

      @Override
      public void write(ByteBuffer bytes) {
        largestWrite = Math.max(largestWrite, bytes.remaining());
        if (octets.size() + bytes.remaining() > limit) {
          throw new Refused(new Refusal.TooBig(limit));
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        octets.writeBytes(copy);
      }

      @Override
      public Received finish() {
        end();
        return Content.of(octets.toByteArray());
      }

      @Override
      public void close() {
        end();
      }

      private void end() {
        if (open) {
          open = false;
          openIntakes--;
        }
      }
    };
  }

  @Override
  public Placed append(UserId user, MailboxId mailbox, List<Appended> messages, Origin origin) {
    List<AddMessages.Message> added = new ArrayList<>();
    for (Appended each : messages) {
      added.add(message(each.message(), each.flags(), each.internalDate()));
    }
    var committed = mailboxes.commit(user, origin, new AddMessages(mailbox, added, null));
    return new Placed(committed.result().uidValidity(), committed.result().uids(), committed.seq());
  }

  private AddMessages.Message message(Received received, Flags flags, long internalDate) {
    ContentId id = ContentId.random();
    contents.put(id, (Content) received);
    return new AddMessages.Message(id, flags, internalDate, received.size());
  }

  @Override
  public List<Verdict> deliver(Received message, List<Delivery> deliveries, Origin origin) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      AddMessages.Message added = message(message, Flags.NONE, System.currentTimeMillis() / 1000);
      var result =
          mailboxes
              .commit(
                  delivery.user(), origin, new AddMessages(null, List.of(added), delivery.key()))
              .result();
      verdicts.add(new Verdict.Delivered(added.content(), result.repeated()));
    }
    return verdicts;
  }

  @Override
  public void read(
      UserId user,
      Collection<ContentId> ids,
      Collection<Field> fields,
      Consumer<StoredMessage> each) {
    for (ContentId id : ids) {
      if (awayAt.contains(id)) {
        throw new StoreUnavailable("the store went away");
      }
      Content content = contents.get(id);
      if (content != null) {
        each.accept(
            new Stored(
                id, content, Set.copyOf(fields), unreadable.contains(id), faulty.contains(id)));
      }
    }
  }

  private record Stored(
      ContentId id, Content content, Set<Field> fields, boolean unreadable, boolean faulty)
      implements StoredMessage {
    private void require(Field field) {
      if (!fields.contains(field)) {
        throw new IllegalStateException("not asked for: " + field);
      }
    }

    /** What may be too large for the document of a message is read when it is asked for. */
    private byte[] large(byte[] encoded) {
      if (unreadable) {
        throw new StoreUnavailable("cannot read");
      }
      if (faulty) {
        throw new IllegalArgumentException("damaged");
      }
      return encoded;
    }

    @Override
    public long size() {
      return content.size();
    }

    @Override
    public byte[] envelope() {
      require(Field.ENVELOPE);
      return large(content.parsed().envelope());
    }

    @Override
    public byte[] bodyStructure() {
      require(Field.STRUCTURE);
      return large(content.parsed().bodyStructure());
    }

    @Override
    public byte[] body() {
      require(Field.STRUCTURE);
      return large(content.parsed().body());
    }

    @Override
    public String preview() {
      require(Field.PREVIEW);
      return content.parsed().facts().preview();
    }

    @Override
    public String thread() {
      return id.hex();
    }

    @Override
    public List<Attachment> attachments() {
      require(Field.CONTENT);
      return Attachments.of(content.parsed().root());
    }

    @Override
    public Optional<ByteSource> open(Section section, long offset, long length) {
      require(Field.CONTENT);
      return Sections.locate(content.parsed().root(), section)
          .map(selection -> {
            byte[] octets = octets(selection);
            int from = (int) Math.min(offset, octets.length);
            int to = (int) Math.min(from + Math.min(length, octets.length), octets.length);
            return new Blocks(Arrays.copyOfRange(octets, from, to), unreadable);
          });
    }

    private byte[] octets(Selection selection) {
      byte[] range =
          Arrays.copyOfRange(content.raw(), (int) selection.start(), (int) selection.end());
      return switch (selection) {
        case Selection.Range r -> range;
        case Selection.Filtered f ->
            all(new HeaderFilter(f.names(), f.not()).filter(() -> new Blocks(range, false)));
        case Selection.Encoded e ->
            all(TransferDecoding.decode(() -> new Blocks(range, false), e.transferEncoding()));
      };
    }

    private static byte[] all(ByteSource source) {
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      for (ByteBuffer block = source.next(); block != null; block = source.next()) {
        byte[] copy = new byte[block.remaining()];
        block.get(copy);
        octets.writeBytes(copy);
      }
      return octets.toByteArray();
    }
  }

  /** Octets in small blocks. */
  private static final class Blocks implements ByteSource {
    private final byte[] octets;
    private final boolean unreadable;
    private int at;

    Blocks(byte[] octets, boolean unreadable) {
      this.octets = octets;
      this.unreadable = unreadable;
    }

    @Override
    public long length() {
      return octets.length;
    }

    @Override
    public @Nullable ByteBuffer next() {
      if (unreadable) {
        throw new StoreUnavailable("cannot read");
      }
      if (at == octets.length) {
        return null;
      }
      int size = Math.min(BLOCK, octets.length - at);
      at += size;
      return ByteBuffer.wrap(octets, at - size, size).asReadOnlyBuffer();
    }

    @Override
    public void close() {}
  }
}
