package net.mailagent.embedded;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads a message, has it answered, writes the reply, on a thread of its
 * own. OP_MSG, and OP_QUERY for the first greeting of older drivers (MongoDB wire protocol).
 */
final class Connection implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);
  private static final AtomicInteger REQUEST_IDS = new AtomicInteger();

  private static final int HEADER = 16;
  private static final int OP_REPLY = 1;
  private static final int OP_QUERY = 2004;
  private static final int OP_MSG = 2013;
  private static final int CHECKSUM_PRESENT = 1;
  private static final int MORE_TO_COME = 2;

  private final Socket socket;
  private final CommandHandler handler;
  private final EmbeddedMongoSettings settings;
  private final LargeBuffers large;
  private volatile @Nullable Thread thread;

  Connection(
      Socket socket, CommandHandler handler, EmbeddedMongoSettings settings, LargeBuffers large) {
    this.socket = socket;
    this.handler = handler;
    this.settings = settings;
    this.large = large;
  }

  void startOn(Thread own) {
    thread = own;
    own.start();
  }

  void join(long millis) throws InterruptedException {
    Thread own = thread;
    if (own != null && !own.equals(Thread.currentThread())) {
      own.join(millis);
    }
  }

  /** Ends the connection after the command that is running. */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("closing a connection", e);
    }
  }

  @Override
  public void run() {
    DocWriter reply = new DocWriter(large);
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        OutputStream out = socket.getOutputStream()) {
      byte[] header = new byte[HEADER];
      while (in.readNBytes(header, 0, HEADER) == HEADER) {
        int length = Bson.int32(header, 0);
        if (length < HEADER || length > settings.maxMessageBytes()) {
          log.warn("closing a connection: a message of {} bytes", length);
          return;
        }
        byte[] message = in.readNBytes(length - HEADER);
        if (message.length < length - HEADER) {
          throw new EOFException("in the middle of a message");
        }
        if (answer(header, message, reply)) {
          out.write(reply.buffer(), 0, reply.position());
          out.flush();
        }
        reply.letGo();
      }
    } catch (CommandHandler.ConnectionLost e) {
      log.debug("connection dropped on purpose");
    } catch (IOException e) {
      log.debug("connection ended: {}", e.toString());
    } catch (MongoError | IndexOutOfBoundsException e) {
      log.warn("closing a connection: not a MongoDB message: {}", e.toString());
    } finally {
      reply.letGo();
    }
  }

  /** Writes the whole reply message; false when none is wanted. */
  private boolean answer(byte[] header, byte[] message, DocWriter reply) {
    int request = Bson.int32(header, 4);
    int operation = Bson.int32(header, 12);
    reply.writeInt32(0);
    reply.writeInt32(REQUEST_IDS.incrementAndGet());
    reply.writeInt32(request);
    boolean wanted = true;
    switch (operation) {
      case OP_MSG -> {
        reply.writeInt32(OP_MSG);
        reply.writeInt32(0);
        reply.writeByte(0);
        wanted = message(message, reply);
      }
      case OP_QUERY -> {
        reply.writeInt32(OP_REPLY);
        reply.writeInt32(8); // await capable
        reply.writeInt64(0);
        reply.writeInt32(0);
        reply.writeInt32(1);
        query(message, reply);
      }
      default ->
          throw new MongoError(
              ErrorKind.COMMAND_NOT_SUPPORTED, "unknown operation code " + operation);
    }
    Bson.putInt32(reply.buffer(), 0, reply.position());
    return wanted;
  }

  private boolean message(byte[] message, DocWriter reply) {
    int flags = Bson.int32(message, 0);
    int end = message.length - ((flags & CHECKSUM_PRESENT) != 0 ? 4 : 0);
    Doc body = null;
    Map<String, List<Doc>> sequences = new HashMap<>();
    int at = 4;
    while (at < end) {
      int kind = message[at++];
      if (kind == 0) {
        Bson.validate(message, at, end);
        body = new Doc(message, at);
        at += body.size();
      } else if (kind == 1) {
        int size = Bson.int32(message, at);
        if (size < 5 || size > end - at) {
          throw new MongoError(ErrorKind.INVALID_BSON, "document sequence of wrong length");
        }
        sequence(message, at + 4, at + size, sequences);
        at += size;
      } else {
        throw new MongoError(ErrorKind.INVALID_BSON, "unknown kind of section: " + kind);
      }
    }
    if (body == null) {
      throw new MongoError(ErrorKind.INVALID_BSON, "message without a body");
    }
    boolean silent = (flags & MORE_TO_COME) != 0;
    handler.handle(Command.of(body, sequences, silent), reply);
    return !silent;
  }

  private static void sequence(
      byte[] message, int start, int end, Map<String, List<Doc>> sequences) {
    String name = Bson.cString(message, start);
    int at = Bson.skipCString(message, start);
    List<Doc> docs = new ArrayList<>();
    while (at < end) {
      Bson.validate(message, at, end);
      Doc doc = new Doc(message, at);
      docs.add(doc);
      at += doc.size();
    }
    sequences.put(name, docs);
  }

  /** Only commands come this way: flags, "db.$cmd", skip, limit, the command. */
  private void query(byte[] message, DocWriter reply) {
    int nameEnd = Bson.skipCString(message, 4);
    String namespace = new String(message, 4, nameEnd - 5, StandardCharsets.UTF_8);
    int at = nameEnd + 8;
    Bson.validate(message, at, message.length);
    Command command = Command.of(new Doc(message, at), Map.of(), false);
    if (!namespace.endsWith(".$cmd")) {
      throw new MongoError(ErrorKind.COMMAND_NOT_SUPPORTED, "OP_QUERY is for the handshake only");
    }
    String database = namespace.substring(0, namespace.length() - 5);
    handler.handle(new Command(command.name(), database, command.body(), Map.of(), false), reply);
  }
}
