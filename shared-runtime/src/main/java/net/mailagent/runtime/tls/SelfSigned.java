package net.mailagent.runtime.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a certificate that signs itself (RFC 5280), for a node that was given none: enough to try
 * TLS, and for clients that pin it.
 */
final class SelfSigned {
  // Apple's clients refuse server certificates that are valid for longer.
  private static final Duration VALIDITY = Duration.ofDays(825);
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_ALT_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;

  private SelfSigned() {}

  /** Makes a P-256 key and its certificate; each file appears whole or not at all. */
  static void create(Path certificateFile, Path keyFile) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] certificate = certificate(keys, Instant.now());
      Path directory = certificateFile.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      Pem.write(keyFile, "PRIVATE KEY", keys.getPrivate().getEncoded());
      Pem.write(certificateFile, "CERTIFICATE", certificate);
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsException(
          "cannot make a self-signed certificate at " + certificateFile + ": " + e.getMessage(), e);
    }
  }

  private static byte[] certificate(KeyPair keys, Instant now) throws GeneralSecurityException {
    byte[] algorithm = Der.sequence(Der.oid(ECDSA_WITH_SHA256));
    byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8("localhost"))));
    Instant from = now.truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(1)); // clocks differ
    byte[] body =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)), // version 3
            Der.integer(new BigInteger(120, new SecureRandom()).setBit(119)),
            algorithm,
            name,
            Der.sequence(Der.time(from), Der.time(from.plus(VALIDITY))),
            name,
            keys.getPublic().getEncoded(),
            Der.tagged(0xa3, extensions()));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(body);
    return Der.sequence(body, algorithm, Der.bits(signature.sign()));
  }

  private static byte[] extensions() {
    return Der.sequence(
        Der.sequence(Der.oid(BASIC_CONSTRAINTS), Der.trueValue(), Der.octets(Der.sequence())),
        Der.sequence(Der.oid(EXTENDED_KEY_USAGE), Der.octets(Der.sequence(Der.oid(SERVER_AUTH)))),
        Der.sequence(
            Der.oid(SUBJECT_ALT_NAME), Der.octets(Der.sequence(names().toArray(byte[][]::new)))));
  }

  private static List<byte[]> names() {
    List<byte[]> names = new ArrayList<>();
    names.add(dns("localhost"));
    names.add(Der.tagged(IP_ADDRESS, InetAddress.ofLiteral("127.0.0.1").getAddress()));
    names.add(Der.tagged(IP_ADDRESS, InetAddress.ofLiteral("::1").getAddress()));
    try {
      String host = InetAddress.getLocalHost().getHostName();
      if (!host.equals("localhost") && host.matches("[A-Za-z0-9.-]+") && !host.matches("[0-9.]+")) {
        names.add(dns(host));
      }
    } catch (UnknownHostException e) {
      // A host that does not know its own name: localhost is enough.
    }
    return names;
  }

  private static byte[] dns(String name) {
    return Der.tagged(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
  }
}
