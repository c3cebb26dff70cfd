package net.mailagent.runtime.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** Reads and writes PEM files (RFC 7468). */
final class Pem {
  private Pem() {}

  static List<X509Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (chain.isEmpty()) {
        throw new IOException("it holds none");
      }
      return chain;
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsException("cannot read a certificate from " + file + ": " + e.getMessage(), e);
    }
  }

  static PrivateKey privateKey(Path file) {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
        PEMParser parser = new PEMParser(reader)) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
      throw new IOException("it holds none that is not encrypted");
    } catch (IOException e) {
      throw new TlsException("cannot read a private key from " + file + ": " + e.getMessage(), e);
    }
  }

  static void write(Path file, Object content, Set<OpenOption> options) throws IOException {
    try (Writer writer =
            Files.newBufferedWriter(
                file, StandardCharsets.US_ASCII, options.toArray(OpenOption[]::new));
        JcaPEMWriter pem = new JcaPEMWriter(writer)) {
      pem.writeObject(content);
    }
  }

  /** Signs something with the key and verifies it with the certificate. */
  static void requirePair(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC", "ECDSA" -> "SHA256withECDSA";
          case "RSASSA-PSS", "Ed25519", "EdDSA", "Ed448" -> key.getAlgorithm();
          default -> throw new IllegalArgumentException(key.getAlgorithm() + " keys are not known");
        };
    try {
      byte[] probe = {1};
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(probe);
      byte[] signature = signer.sign();
      signer.initVerify(certificate);
      signer.update(probe);
      if (!signer.verify(signature)) {
        throw new IllegalArgumentException("the key is not the certificate's");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key is not the certificate's", e);
    }
  }
}
