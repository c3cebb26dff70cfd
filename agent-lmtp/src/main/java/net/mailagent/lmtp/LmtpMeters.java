package net.mailagent.lmtp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import net.mailagent.model.port.Messages;

/** What LMTP counts. Any thread. */
final class LmtpMeters {
  private final Counter delivered;
  private final Counter repeated;
  private final Counter refused;
  private final Counter failed;
  private final Counter unknown;
  private final DistributionSummary sizes;

  LmtpMeters(MeterRegistry registry) {
    delivered = deliveries("delivered", registry);
    repeated = deliveries("repeated", registry);
    refused = deliveries("refused", registry);
    failed = deliveries("failed", registry);
    unknown =
        Counter.builder("lmtp.recipients.unknown")
            .description("RCPT commands that named nobody")
            .register(registry);
    sizes =
        DistributionSummary.builder("lmtp.message.size")
            .description("Messages received by DATA")
            .baseUnit("bytes")
            .register(registry);
  }

  private static Counter deliveries(String verdict, MeterRegistry registry) {
    return Counter.builder("lmtp.deliveries")
        .description("Verdicts of deliveries, one per message and user")
        .tag("verdict", verdict)
        .register(registry);
  }

  void verdict(Messages.Verdict verdict) {
    switch (verdict) {
      case Messages.Verdict.Delivered d -> (d.repeated() ? repeated : delivered).increment();
      case Messages.Verdict.NotDelivered n -> refused.increment();
      case Messages.Verdict.Failed f -> failed.increment();
    }
  }

  void unknownRecipient() {
    unknown.increment();
  }

  void message(long octets) {
    sizes.record((double) octets);
  }
}
