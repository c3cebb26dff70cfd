package net.mailagent.store.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.mailagent.model.ByteSource;
import net.mailagent.model.ContentId;
import net.mailagent.model.Section;
import net.mailagent.model.UserId;
import net.mailagent.model.port.Messages;
import net.mailagent.store.mongo.Interceptor;
import net.mailagent.store.mongo.MongoConnection;
import net.mailagent.store.mongo.MongoSettings;

/**
 * A process of its own with a small heap, which receives one long message and reads it back; the
 * database is elsewhere.
 */
final class FlatMemory {
  private FlatMemory() {}

  /** Runs it with that heap; returns what was live at most, in KiB. */
  static long inOtherProcess(ContentFixture fixture, int heapMebibytes, int messageMebibytes)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMebibytes + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                FlatMemory.class.getName(),
                Engine.url(),
                fixture.connection.settings().database(),
                Integer.toString(messageMebibytes))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new AssertionError("the process failed: " + output);
    }
    return Long.parseLong(output.lines().toList().getLast().trim());
  }

  public static void main(String[] args) throws Exception {
    try (MongoConnection connection =
        MongoConnection.open(MongoSettings.of(args[0], args[1]), Interceptor.NONE)) {
      MemoryJournals journals = new MemoryJournals();
      MessageStore store =
          new MessageStore(
              connection, journals, journals, ContentSettings.standard(), InstantSource.system());
      roundTrip(store, journals.newUser(0), Long.parseLong(args[2]) << 20);
    }
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage afterGc = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && afterGc != null) {
        peak += afterGc.getUsed();
      }
    }
    System.out.println(peak >> 10);
  }

  private static void roundTrip(MessageStore store, UserId user, long length) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(32 << 10);
    Random random = new Random(length);
    MessageDigest sent = MessageDigest.getInstance("SHA-256");
    ContentId id;
    try (Messages.Intake intake = store.receive(Long.MAX_VALUE)) {
      write(
          intake,
          "Subject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
              + "Content-Type: application/octet-stream\r\n\r\n",
          sent);
      for (long done = 0; done < length; done += buffer.capacity()) {
        random.nextBytes(buffer.array());
        buffer.clear();
        sent.update(buffer.array());
        intake.write(buffer);
      }
      write(intake, "\r\n--b--\r\n", sent);
      Messages.Delivery delivery = new Messages.Delivery(user, new byte[0], null);
      Messages.Verdict verdict =
          store.deliver(intake.finish(), List.of(delivery), ContentFixture.ORIGIN).getFirst();
      id = ((Messages.Verdict.Delivered) verdict).content();
    }
    MessageDigest read = MessageDigest.getInstance("SHA-256");
    try (ByteSource source =
        ContentFixture.message(store, user, id).open(Section.WHOLE).orElseThrow()) {
      for (ByteBuffer block = source.next(); block != null; block = source.next()) {
        read.update(block);
      }
    }
    if (!MessageDigest.isEqual(read.digest(), sent.digest())) {
      throw new AssertionError("other octets came out");
    }
  }

  private static void write(Messages.Intake intake, String text, MessageDigest sent) {
    byte[] octets = text.getBytes(ISO_8859_1);
    sent.update(octets);
    intake.write(ByteBuffer.wrap(octets));
  }
}
