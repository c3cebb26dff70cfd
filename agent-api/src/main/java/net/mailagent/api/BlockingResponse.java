package net.mailagent.api;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 response as a virtual thread writes it. Each step is handed to the response's event
 * loop, and the thread waits until the socket has taken what it wrote: a client that does not read
 * pauses the thread and holds the memory of one step. One thread writes; any may ask or end.
 */
final class BlockingResponse {
  private final Context context;
  private final HttpServerResponse response;

  // Guarded by this.
  private final List<Runnable> endTasks = new ArrayList<>();
  private boolean open = true;
  private @Nullable CompletableFuture<Void> pending;

  /** Made on the event loop of the response, before anything else can close it. */
  BlockingResponse(Context context, HttpServerResponse response) {
    this.context = context;
    this.response = response;
    response.closeHandler(v -> end());
    response.exceptionHandler(failure -> end());
  }

  /**
   * Runs a step on the event loop and waits until it is done.
   *
   * @throws ClientGone when there is nobody to write to any more
   */
  void step(Function<HttpServerResponse, Future<Void>> step) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    synchronized (this) {
      if (!open) {
        throw new ClientGone();
      }
      pending = taken;
    }
    context.runOnContext(v -> {
      if (response.closed() || response.ended()) {
        taken.completeExceptionally(new ClientGone());
      } else {
        step.apply(response)
            .onComplete(done -> {
              if (done.succeeded()) {
                taken.complete(null);
              } else {
                taken.completeExceptionally(done.cause());
              }
            });
      }
    });
    try {
      taken.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGone();
    } catch (ExecutionException e) {
      throw new ClientGone(); // whatever kept the octets from leaving, nobody gets more of them
    }
  }

  /** Runs on the event loop, unless the response has ended or nobody is there. Any thread. */
  void later(Consumer<HttpServerResponse> step) {
    context.runOnContext(v -> {
      if (!response.ended() && !response.closed()) {
        step.accept(response);
      }
    });
  }

  /** Whether there is still somebody to write to. Any thread. */
  synchronized boolean isOpen() {
    return open;
  }

  /** Runs the task once this has ended, at once if it has. Any thread runs it. */
  void onEnd(Runnable task) {
    synchronized (this) {
      if (open) {
        endTasks.add(task);
        return;
      }
    }
    task.run();
  }

  /** Nothing more can be written. Any thread. */
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
      waiting.completeExceptionally(new ClientGone());
    }
    tasks.forEach(Runnable::run);
  }
}
