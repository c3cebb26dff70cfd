package net.mailagent.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EventSink} over an HTTP/1.1 response. The stream's virtual thread hands each piece to
 * the response's event loop and waits until the socket has taken it: a client that does not read
 * pauses its stream and holds one piece of memory.
 */
final class HttpEventSink implements EventSink {
  private final Context context;
  private final HttpServerResponse response;

  // Guarded by this.
  private final List<Runnable> endTasks = new ArrayList<>();
  private boolean open = true;
  private @Nullable CompletableFuture<Void> pending;

  private volatile boolean begun;

  /** Made on the event loop of the response, before anything else can close it. */
  HttpEventSink(Context context, HttpServerResponse response) {
    this.context = context;
    this.response = response;
    response.closeHandler(v -> end());
    response.exceptionHandler(failure -> end());
  }

  @Override
  public void begin() {
    begun = true;
    onLoop(taken -> {
      response
          .setStatusCode(200)
          .setChunked(true)
          .putHeader("Content-Type", "text/event-stream")
          .putHeader("Cache-Control", "no-store")
          .putHeader("X-Accel-Buffering", "no") // a proxy in front must not hold events back
          .writeHead()
          .onComplete(done -> complete(taken, done.succeeded()));
    });
  }

  boolean hasBegun() {
    return begun;
  }

  @Override
  public void write(byte[] octets) {
    onLoop(taken ->
        response
            .write(Buffer.buffer(octets))
            .onComplete(done -> complete(taken, done.succeeded())));
  }

  private void onLoop(java.util.function.Consumer<CompletableFuture<Void>> step) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    synchronized (this) {
      if (!open) {
        throw new Ended();
      }
      pending = taken;
    }
    context.runOnContext(v -> {
      if (response.closed() || response.ended()) {
        complete(taken, false);
      } else {
        step.accept(taken);
      }
    });
    try {
      taken.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Ended();
    } catch (ExecutionException e) {
      throw new Ended();
    }
  }

  private static void complete(CompletableFuture<Void> taken, boolean succeeded) {
    if (succeeded) {
      taken.complete(null);
    } else {
      taken.completeExceptionally(new Ended());
    }
  }

  @Override
  public synchronized boolean isOpen() {
    return open;
  }

  @Override
  public void onEnd(Runnable task) {
    synchronized (this) {
      if (open) {
        endTasks.add(task);
        return;
      }
    }
    task.run();
  }

  /** The client is gone, or the node stops. Any thread. */
  void end() {
    List<Runnable> tasks;
    CompletableFuture<Void> waiting;
    synchronized (this) {
      if (!open) {
        return;
      }
      open = false;
      tasks = List.copyOf(endTasks);
      endTasks.clear();
      waiting = pending;
    }
    if (waiting != null) {
      waiting.completeExceptionally(new Ended());
    }
    tasks.forEach(Runnable::run);
  }

  /** Ends the response, if the client is still there. Any thread. */
  void finish() {
    end();
    context.runOnContext(v -> {
      if (!response.ended() && !response.closed()) {
        if (!response.headWritten()) {
          response.setStatusCode(503); // stopped before it began: the client shall come back
        }
        response.end();
      }
    });
  }
}
