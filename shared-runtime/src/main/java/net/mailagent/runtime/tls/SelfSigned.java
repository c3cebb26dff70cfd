package net.mailagent.runtime.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
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
import java.util.regex.Pattern;

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
  // Not a number alone: that is an address, or nothing.
  private static final Pattern HOST_NAME = Pattern.compile("(?![0-9.]*$)[A-Za-z0-9.-]{1,253}");
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;

  private SelfSigned() {}

  /** Makes a P-256 key and its certificate; each file appears whole or not at all. */
  static void create(Path certificateFile, Path keyFile, List<String> hosts) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] certificate = certificate(keys, Instant.now(), hosts);
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

  private static byte[] certificate(KeyPair keys, Instant now, List<String> hosts)
      throws GeneralSecurityException {
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
            Der.tagged(0xa3, extensions(hosts)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(body);
    return Der.sequence(body, algorithm, Der.bits(signature.sign()));
  }

  private static byte[] extensions(List<String> hosts) {
    return Der.sequence(
        Der.sequence(Der.oid(BASIC_CONSTRAINTS), Der.trueValue(), Der.octets(Der.sequence())),
        Der.sequence(Der.oid(EXTENDED_KEY_USAGE), Der.octets(Der.sequence(Der.oid(SERVER_AUTH)))),
        Der.sequence(
            Der.oid(SUBJECT_ALT_NAME),
            Der.octets(Der.sequence(names(hosts).toArray(byte[][]::new)))));
  }

  private static List<byte[]> names(List<String> hosts) {
    List<byte[]> names = new ArrayList<>();
    names.add(dns("localhost"));
    names.add(Der.tagged(IP_ADDRESS, InetAddress.ofLiteral("127.0.0.1").getAddress()));
    names.add(Der.tagged(IP_ADDRESS, InetAddress.ofLiteral("::1").getAddress()));
    for (String host : hosts) {
      if (HOST_NAME.matcher(host).matches() && !host.equals("localhost")) {
        names.add(dns(host));
      }
    }
    return names;
  }

  private static byte[] dns(String name) {
    return Der.tagged(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII));
  }
}
