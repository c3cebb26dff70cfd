package net.mailagent.conformance;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One untagged FETCH, already found to be legal. */
final class Fetched {
  long number;
  long uid = -1;
  long size = -1;
  long modSeq = -1;
  Set<String> flags = new HashSet<>();
  boolean envelope;
  Part structure;

  /** By what stands before the data: {@code BODY[1.MIME]}, {@code BODY[2]<0>}. */
  final Map<String, byte[]> sections = new HashMap<>();

  /** By what stands before the number: {@code BINARY.SIZE[1]}. */
  final Map<String, Long> sizes = new HashMap<>();

  String emailId = "";
  String threadId = "";
  String preview = "";

  static boolean isFetch(byte[] response) {
    return new String(response, StandardCharsets.ISO_8859_1).matches("(?s)\\* \\d+ FETCH .*");
  }

  byte[] section(String name) {
    byte[] octets = sections.get(name);
    if (octets == null) {
      throw new AssertionError(name + " was not answered, only " + sections.keySet());
    }
    return octets;
  }
}
