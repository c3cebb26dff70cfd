package net.mailagent.runtime.tls;

import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;

/** The certificate and key that listeners present; TLS 1.2 and 1.3. Immutable; any thread. */
public final class TlsIdentity {
  private final SslContext context;

  private TlsIdentity(SslContext context) {
    this.context = context;
  }

  /**
   * Reads a certificate chain and its key.
   *
   * @throws TlsException when a file cannot be read or the two do not belong together
   */
  public static TlsIdentity fromPem(Path certificate, Path key) {
    throw new UnsupportedOperationException();
  }

  /**
   * The self-signed certificate kept in the directory, made when there is none (names: localhost,
   * the loopback addresses and this host; files readable by their owner alone).
   *
   * @throws TlsException when the directory cannot be read or written
   */
  public static TlsIdentity selfSigned(Path directory) {
    throw new UnsupportedOperationException();
  }

  /** What TLS handlers are made from. */
  public SslContext context() {
    return context;
  }
}
