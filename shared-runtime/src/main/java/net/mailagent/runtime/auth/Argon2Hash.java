package net.mailagent.runtime.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * An Argon2id hash (RFC 9106, version 0x13) and its PHC string form. Immutable.
 *
 * @param memory in KiB
 * @param iterations passes
 * @param parallelism lanes
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time, by verify() alone
record Argon2Hash(int memory, int iterations, int parallelism, byte[] salt, byte[] hash) {
  private static final int HASH_LENGTH = 32;
  // Bounds on hashes that come from elsewhere: one of them must not eat the node.
  private static final int MAX_MEMORY = 4 << 20;
  private static final int MAX_ITERATIONS = 1000;
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,172})");

  static Argon2Hash of(String password, byte[] salt, int memory, int iterations, int parallelism) {
    return new Argon2Hash(
        memory,
        iterations,
        parallelism,
        salt,
        compute(password, salt, memory, iterations, parallelism, HASH_LENGTH));
  }

  static Optional<Argon2Hash> parse(String phc) {
    Matcher matcher = FORM.matcher(phc);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int memory = Integer.parseInt(matcher.group(1));
    int iterations = Integer.parseInt(matcher.group(2));
    int parallelism = Integer.parseInt(matcher.group(3));
    if (parallelism < 1
        || memory < 8 * parallelism
        || memory > MAX_MEMORY
        || iterations < 1
        || iterations > MAX_ITERATIONS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Argon2Hash(
              memory,
              iterations,
              parallelism,
              Base64.getDecoder().decode(matcher.group(4)),
              Base64.getDecoder().decode(matcher.group(5))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean verify(String password) {
    byte[] computed = compute(password, salt, memory, iterations, parallelism, hash.length);
    return java.security.MessageDigest.isEqual(computed, hash);
  }

  String phc() {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + memory
        + ",t="
        + iterations
        + ",p="
        + parallelism
        + "$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  private static byte[] compute(
      String password, byte[] salt, int memory, int iterations, int parallelism, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memory)
            .withIterations(iterations)
            .withParallelism(parallelism)
            .withSalt(salt)
            .build());
    byte[] octets = password.getBytes(StandardCharsets.UTF_8);
    byte[] hash = new byte[length];
    generator.generateBytes(octets, hash);
    Arrays.fill(octets, (byte) 0);
    return hash;
  }
}
