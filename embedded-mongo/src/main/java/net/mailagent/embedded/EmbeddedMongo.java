package net.mailagent.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running engine: a MongoDB server for this process and, by TCP, for others on this machine. Any
 * MongoDB driver speaks to it by its {@link #url}. A write is acknowledged when it is on disk.
 *
 * <p>Any thread may call; {@link #close} once is enough.
 */
public final class EmbeddedMongo implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedMongo.class);
  private static final Executor STOPPERS =
      task -> Thread.ofPlatform().name("mongo-stop").daemon().start(task);
  private static final ThreadFactory CONNECTIONS = Thread.ofPlatform().daemon().factory();

  private final FileChannel lockFile;
  private final Store store;
  private final WireServer server;
  private final Handler handler;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

  private EmbeddedMongo(FileChannel lockFile, Store store, WireServer server, Handler handler) {
    this.lockFile = lockFile;
    this.store = store;
    this.server = server;
    this.handler = handler;
  }

  /**
   * Starts the engine; what a crash left unfinished is put in order first.
   *
   * @throws DirectoryInUseException when another engine has the directory open
   * @throws UncheckedIOException when the directory or the port cannot be used
   */
  public static EmbeddedMongo start(EmbeddedMongoSettings settings) {
    return start(settings, UnaryOperator.identity());
  }

  /**
   * Starts the engine in fault mode, for tests: it does what a replica set does now and then.
   *
   * @throws DirectoryInUseException as {@link #start(EmbeddedMongoSettings)}
   */
  public static EmbeddedMongo start(EmbeddedMongoSettings settings, Faults faults) {
    return start(
        settings,
        settings.directory().toAbsolutePath().toString(),
        (engine, catalog, store) -> {
          FaultMode mode = new FaultMode(engine, catalog, store, faults);
          return new Handler(mode, mode::close);
        });
  }

  /**
   * @param wrap what stands between the connections and the engine
   */
  static EmbeddedMongo start(EmbeddedMongoSettings settings, UnaryOperator<CommandHandler> wrap) {
    return start(settings, settings.directory().toAbsolutePath().toString(), wrap);
  }

  /**
   * @param files the directory as H2's file system names it
   */
  static EmbeddedMongo start(
      EmbeddedMongoSettings settings, String files, UnaryOperator<CommandHandler> wrap) {
    return start(
        settings, files, (engine, catalog, store) -> new Handler(wrap.apply(engine), () -> {}));
  }

  /** What answers commands, and what to do before the engine closes. */
  private record Handler(CommandHandler commands, Runnable beforeClose) {}

  /** Puts something between the connections and the engine. */
  @FunctionalInterface
  private interface Between {
    Handler put(CommandHandler engine, Catalog catalog, Store store);
  }

  private static EmbeddedMongo start(
      EmbeddedMongoSettings settings, String files, Between between) {
    FileChannel lockFile = lock(settings);
    Store store = null;
    try {
      store = Store.open(settings, files);
      Catalog catalog = new Catalog(store);
      Cursors cursors = new Cursors(store, settings.cursorIdleTime());
      CommandHandler commands = new Commands(catalog, store, cursors, settings);
      Handler handler = between.put(commands, catalog, store);
      WireServer server =
          WireServer.start(settings, handler.commands(), CONNECTIONS, cursors::expire);
      EmbeddedMongo engine = new EmbeddedMongo(lockFile, store, server, handler);
      var _ = store.failure().thenAcceptAsync(engine::fail, STOPPERS);
      return engine;
    } catch (IOException e) {
      release(lockFile, store);
      throw new UncheckedIOException(
          "cannot listen at " + settings.host() + ":" + settings.port(), e);
    } catch (RuntimeException e) {
      release(lockFile, store);
      throw e;
    }
  }

  private static FileChannel lock(EmbeddedMongoSettings settings) {
    try {
      Files.createDirectories(settings.directory());
      FileChannel file =
          FileChannel.open(
              settings.directory().resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = file.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        file.close();
        throw new DirectoryInUseException(settings.directory());
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the directory " + settings.directory(), e);
    }
  }

  private static void release(FileChannel lockFile, @Nullable Store store) {
    try (lockFile) {
      if (store != null) {
        store.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Completed with the reason when the engine cannot go on, as when its files break: it serves
   * nobody any more. What was acknowledged is on disk, and a new start finds it. A full disk is no
   * such reason.
   */
  public CompletableFuture<Throwable> failure() {
    return failure.copy();
  }

  /** Better no server than one that knows nothing. */
  private void fail(Throwable reason) {
    if (!closed.get()) {
      log.error("the engine cannot go on and stops; what was acknowledged is on disk", reason);
      server.close();
      failure.complete(reason);
    }
  }

  public InetSocketAddress address() {
    return server.address();
  }

  /** The connection string of this engine; it wants no credentials and has no replica set. */
  public String url() {
    InetSocketAddress address = address();
    String host = address.getAddress().getHostAddress();
    return "mongodb://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + address.getPort()
        + "/?directConnection=true";
  }

  /**
   * Closes the connections, finishes the commands that are running, writes all out. What was
   * acknowledged was on disk already.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      handler.beforeClose().run();
      server.close();
      release(lockFile, store);
    }
  }
}
