package net.mailagent.runtime.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A range of IP addresses in CIDR form, such as {@code 10.0.0.0/8} or {@code ::1/128}; an address
 * alone is a range of one. IPv4 addresses mapped into IPv6 count as IPv4.
 */
public final class Network {
  private final byte[] prefix;
  private final int bits;

  private Network(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /**
   * Reads CIDR.
   *
   * @throws IllegalArgumentException when it is none, or sets bits behind its prefix
   */
  public static Network parse(String cidr) {
    int slash = cidr.indexOf('/');
    String literal = slash < 0 ? cidr : cidr.substring(0, slash);
    byte[] address = literal(literal);
    int bits = 8 * address.length;
    if (slash >= 0) {
      try {
        bits = Integer.parseInt(cidr.substring(slash + 1));
      } catch (NumberFormatException e) {
        throw notANetwork(cidr);
      }
      if (bits < 0 || bits > 8 * address.length) {
        throw notANetwork(cidr);
      }
    }
    Network network = new Network(address, bits);
    for (int bit = bits; bit < 8 * address.length; bit++) {
      if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        throw new IllegalArgumentException(cidr + " sets bits behind its prefix");
      }
    }
    return network;
  }

  /** Reads a list of networks divided by commas; empty for none. */
  public static List<Network> parseAll(String text) {
    List<Network> networks = new ArrayList<>();
    for (String item : text.split(",", -1)) {
      if (!item.isBlank()) {
        networks.add(parse(item.strip()));
      }
    }
    return List.copyOf(networks);
  }

  /** Whether the address lies in this range. */
  public boolean contains(InetAddress address) {
    byte[] octets = address.getAddress();
    if (octets.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(octets, 0, whole, prefix, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0 || ((octets[whole] ^ prefix[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
  }

  /** Whether one of the networks contains the address. */
  public static boolean anyContains(List<Network> networks, InetAddress address) {
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] literal(String text) {
    // Only literals: a name must never be looked up, and getByName would.
    if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      throw notANetwork(text);
    }
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      throw notANetwork(text);
    }
  }

  private static IllegalArgumentException notANetwork(String text) {
    return new IllegalArgumentException("not a network: " + text);
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(prefix).getHostAddress() + "/" + bits;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
