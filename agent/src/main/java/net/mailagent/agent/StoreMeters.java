package net.mailagent.agent;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import net.mailagent.store.content.ContentFigures;

/** What the store counts, shown as meters: the store itself knows nothing of them. */
final class StoreMeters {
  private StoreMeters() {}

  static void register(ContentFigures figures, MeterRegistry registry) {
    octets("messages", figures, ContentFigures::messages, registry);
    octets("documents", figures, ContentFigures::documents, registry);
    octets("blobs", figures, ContentFigures::blobs, registry);
    octets("decoded", figures, ContentFigures::decoded, registry);
    blobs("new", figures, ContentFigures::newBlobs, registry);
    blobs("shared", figures, ContentFigures::sharedBlobs, registry);
    FunctionCounter.builder("content.chunks.read", figures, ContentFigures::chunksRead)
        .description("Chunks of blobs that were read")
        .register(registry);
  }

  private static void octets(
      String kind,
      ContentFigures figures,
      ToDoubleFunction<ContentFigures> value,
      MeterRegistry registry) {
    FunctionCounter.builder("content.octets", figures, value)
        .description(
            "Octets of messages as users see them, what documents and new blobs hold of them (the"
                + " difference was saved), and what storing base64 decoded spared")
        .baseUnit("bytes")
        .tag("kind", kind)
        .register(registry);
  }

  private static void blobs(
      String kind,
      ContentFigures figures,
      ToDoubleFunction<ContentFigures> value,
      MeterRegistry registry) {
    FunctionCounter.builder("content.blobs", figures, value)
        .description("Blobs of received messages that the store had, or had not")
        .tag("kind", kind)
        .register(registry);
  }
}
