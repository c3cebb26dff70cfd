package net.mailagent.runtime.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** The certificate and key that listeners present; TLS 1.2 and 1.3. Immutable; any thread. */
public final class TlsIdentity {
  private static final String CERTIFICATE_FILE = "tls-certificate.pem";
  private static final String KEY_FILE = "tls-key.pem";

  private final SslContext context;
  private final X509Certificate certificate;

  private TlsIdentity(SslContext context, X509Certificate certificate) {
    this.context = context;
    this.certificate = certificate;
  }

  /**
   * Reads a certificate chain and its key (PKCS#8, PKCS#1 or SEC1, not encrypted).
   *
   * @throws TlsException when a file cannot be read or the two do not belong together
   */
  public static TlsIdentity fromPem(Path certificate, Path key) {
    List<X509Certificate> chain = Pem.certificates(certificate);
    PrivateKey privateKey = Pem.privateKey(key);
    try {
      Pem.requirePair(chain.getFirst(), privateKey);
      return of(chain, privateKey);
    } catch (IOException | RuntimeException e) {
      throw new TlsException(
          "the certificate " + certificate + " and the key " + key + " cannot be used", e);
    }
  }

  /**
   * The self-signed certificate kept in the directory, made when there is none: for localhost, the
   * loopback addresses and the hosts given; both files readable by their owner alone.
   *
   * @param hosts further names of this node; what is no DNS name is left out
   * @throws TlsException when the directory cannot be read or written
   */
  public static TlsIdentity selfSigned(Path directory, String... hosts) {
    Path certificate = directory.resolve(CERTIFICATE_FILE);
    Path key = directory.resolve(KEY_FILE);
    if (!Files.exists(certificate) || !Files.exists(key)) {
      SelfSigned.create(certificate, key, List.of(hosts));
    }
    try {
      return of(Pem.certificates(certificate), Pem.privateKey(key));
    } catch (IOException e) {
      throw new TlsException("the certificate in " + directory + " cannot be used", e);
    }
  }

  private static TlsIdentity of(List<X509Certificate> chain, PrivateKey key) throws IOException {
    SslContext context =
        SslContextBuilder.forServer(key, chain)
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .build();
    return new TlsIdentity(context, chain.getFirst());
  }

  /** What TLS handlers are made from. */
  public SslContext context() {
    return context;
  }

  /** The certificate of this node, without its chain. */
  public X509Certificate certificate() {
    return certificate;
  }
}
