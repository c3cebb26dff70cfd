package net.mailagent.lmtp;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.mailagent.runtime.ops.Metrics;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.tls.TlsIdentity;
import org.jspecify.annotations.Nullable;

/** An LMTP listener on a free port with an in-memory store behind it. */
final class LmtpServer implements AutoCloseable {
  private static @Nullable TlsIdentity identity;

  final InMemoryMail mail = new InMemoryMail();
  final Metrics metrics = new Metrics();
  final LmtpAgent agent;
  private final Vertx vertx = Vertx.vertx();

  LmtpServer() throws IOException {
    this(Settings.defaults());
  }

  LmtpServer(Settings settings) throws IOException {
    agent =
        LmtpAgent.start(
            vertx,
            settings
                .with(LmtpSettings.PORT, 0)
                .with(RuntimeSettings.CONNECTION_RATE, 1_000_000)
                .with(LmtpSettings.HOSTNAME, java.util.Optional.of("mail.example.com")),
            identity(),
            mail,
            mail,
            metrics.registry());
  }

  private static synchronized TlsIdentity identity() throws IOException {
    TlsIdentity made = identity;
    if (made == null) {
      Path directory = Files.createTempDirectory("lmtp-tls");
      made = TlsIdentity.selfSigned(directory);
      identity = made;
      directory.toFile().deleteOnExit(); // the last one, as they go in the opposite order
      for (String file : List.of("tls-key.pem", "tls-certificate.pem")) {
        directory.resolve(file).toFile().deleteOnExit();
      }
    }
    return made;
  }

  int port() {
    return agent.port();
  }

  @Override
  public void close() {
    agent.close();
    vertx.close().await();
    metrics.close();
  }
}
