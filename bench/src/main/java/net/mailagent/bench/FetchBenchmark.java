package net.mailagent.bench;

import com.mongodb.client.gridfs.model.GridFSUploadOptions;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.gridfs.GridFSBucket;
import com.mongodb.reactivestreams.client.gridfs.GridFSBuckets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.mailagent.agent.Agent;
import net.mailagent.agent.AgentSettings;
import net.mailagent.agent.Role;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * FETCH of a whole message of 10 MiB over a socket, beside a download of the same octets by the
 * driver's own GridFS bucket from the same engine: what a node adds to the mere reading.
 */
@SuppressWarnings("NullAway.Init") // JMH calls open() before anything else
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FetchBenchmark {
  /** Which message; see {@link Samples#message}. */
  @Param({"raw", "base64"})
  public String message = "";

  /** Octets of a chunk of the raw file: as ours, or as the driver likes it. */
  private static final int CHUNK = 64 << 10;

  private DataFolder data;
  private Agent engine;
  private Agent node;
  private ImapConnection imap;
  private MongoClient client;
  private GridFSBucket bucket;
  private ObjectId small;
  private ObjectId large;
  private int length;

  /** Starts the engine and a node, and stores the message in both ways. */
  @Setup
  public void open() throws IOException, InterruptedException {
    byte[] octets = Samples.message(message);
    length = octets.length;
    data = DataFolder.make();
    engine =
        Agent.start(
            Agent.onFreePorts(data.path().resolve("store"))
                .with(AgentSettings.ROLES, Set.of(Role.STORE)));
    node =
        Agent.start(
            Agent.onFreePorts(data.path().resolve("node"))
                .with(AgentSettings.ROLES, Set.of(Role.IMAP, Role.LMTP, Role.API))
                .with(AgentSettings.MONGO, Optional.of(engine.storeUrl())));
    Server server =
        new Server(
            "node",
            local(node.imapPort()),
            local(node.lmtpPort()),
            Optional.of(local(node.apiPort())));
    server.createUser("reader");
    imap = ImapConnection.login(server, "reader");
    imap.append("INBOX", octets);
    imap.run("SELECT INBOX");
    client = MongoClients.create(engine.storeUrl());
    bucket = GridFSBuckets.create(client.getDatabase("bench"), "raw");
    small = upload(octets, new GridFSUploadOptions().chunkSizeBytes(CHUNK));
    large = upload(octets, new GridFSUploadOptions());
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }

  private ObjectId upload(byte[] octets, GridFSUploadOptions options) {
    ObjectId id = new ObjectId();
    Mono<ByteBuffer> content = Mono.just(ByteBuffer.wrap(octets));
    Mono.from(bucket.uploadFromPublisher(new BsonObjectId(id), "raw", content, options)).block();
    return id;
  }

  @TearDown
  public void close() throws IOException {
    imap.close();
    client.close();
    node.close();
    engine.close();
    data.close();
  }

  /** Ours. */
  @Benchmark
  public long fetch() throws IOException {
    long literals = imap.run("FETCH 1 (BODY.PEEK[])").literals();
    if (literals != length) {
      throw new IOException(literals + " octets of " + length);
    }
    return literals;
  }

  /** The driver's, in chunks as ours. */
  @Benchmark
  public long gridFs() throws IOException {
    return download(small);
  }

  /** The driver's, in chunks of its own size. */
  @Benchmark
  public long gridFsLargeChunks() throws IOException {
    return download(large);
  }

  private long download(ObjectId file) throws IOException {
    Long octets =
        Flux.from(bucket.downloadToPublisher(file))
            .map(block -> (long) block.remaining())
            .reduce(0L, Long::sum)
            .block();
    if (octets == null || octets != length) {
      throw new IOException(octets + " octets of " + length);
    }
    return octets;
  }
}
