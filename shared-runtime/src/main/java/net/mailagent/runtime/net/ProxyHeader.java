package net.mailagent.runtime.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header with which a proxy starts a connection (HAProxy's PROXY protocol, version 1 as
 * text and 2 as binary), tells what it says and leaves the pipeline; anything else closes the
 * connection. Runs on the event loop, in front of TLS.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the close
final class ProxyHeader extends ByteToMessageDecoder {
  /**
   * What a header says.
   *
   * @param client the client's address, null when the proxy speaks for itself (a health check)
   * @param local the address the client connected to, null likewise
   * @param tls whether the client came to the proxy by TLS
   */
  record Origin(
      @Nullable InetSocketAddress client, @Nullable InetSocketAddress local, boolean tls) {
    static final Origin PROXY_ITSELF = new Origin(null, null, false);
  }

  private static final byte[] V2_SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int V2_FIXED = 16;
  // Addresses take at most 216 octets; what follows is extensions, of which we read one.
  private static final int V2_MAX = 4096;
  private static final int V1_MAX = 107;
  private static final Pattern V1 =
      Pattern.compile("PROXY (TCP4|TCP6) (\\S+) (\\S+) (\\d{1,5}) (\\d{1,5})");
  private static final int TLV_SSL = 0x20;
  private static final int CLIENT_SSL = 0x01;

  private final Consumer<Origin> then;

  ProxyHeader(Consumer<Origin> then) {
    this.then = then;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    Origin origin;
    try {
      origin = startsLikeV2(in) ? readV2(in) : readV1(in);
    } catch (IllegalArgumentException e) {
      in.skipBytes(in.readableBytes());
      context.close();
      return;
    }
    if (origin != null) {
      then.accept(origin);
      context.pipeline().remove(this); // hands on what is behind the header
    }
  }

  private static boolean startsLikeV2(ByteBuf in) {
    int count = Math.min(in.readableBytes(), V2_SIGNATURE.length);
    for (int i = 0; i < count; i++) {
      if (in.getByte(in.readerIndex() + i) != V2_SIGNATURE[i]) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Origin readV2(ByteBuf in) {
    if (in.readableBytes() < V2_FIXED) {
      return null;
    }
    int start = in.readerIndex();
    int version = in.getByte(start + 12) >> 4 & 0xf;
    int command = in.getByte(start + 12) & 0xf;
    int family = in.getByte(start + 13) & 0xff;
    int length = in.getUnsignedShort(start + 14);
    if (version != 2 || command > 1 || length > V2_MAX) {
      throw new IllegalArgumentException();
    }
    if (in.readableBytes() < V2_FIXED + length) {
      return null;
    }
    in.skipBytes(V2_FIXED);
    ByteBuf body = in.readSlice(length);
    int address = family == 0x11 ? 4 : family == 0x21 ? 16 : 0;
    if (command == 0 || address == 0) {
      return Origin.PROXY_ITSELF;
    }
    if (length < 2 * address + 4) {
      throw new IllegalArgumentException();
    }
    InetAddress client = address(body, address);
    InetAddress local = address(body, address);
    int clientPort = body.readUnsignedShort();
    int localPort = body.readUnsignedShort();
    return new Origin(socket(client, clientPort), socket(local, localPort), cameByTls(body));
  }

  private static boolean cameByTls(ByteBuf extensions) {
    while (extensions.readableBytes() >= 3) {
      int type = extensions.readUnsignedByte();
      int length = extensions.readUnsignedShort();
      if (length > extensions.readableBytes()) {
        throw new IllegalArgumentException();
      }
      ByteBuf value = extensions.readSlice(length);
      if (type == TLV_SSL && length > 0) {
        return (value.readByte() & CLIENT_SSL) != 0;
      }
    }
    return false;
  }

  private static @Nullable Origin readV1(ByteBuf in) {
    int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
    int length = end < 0 ? in.readableBytes() : end - in.readerIndex() + 1;
    if (length > V1_MAX) {
      throw new IllegalArgumentException();
    }
    String start = in.toString(in.readerIndex(), Math.min(length, 6), StandardCharsets.US_ASCII);
    if (!"PROXY ".startsWith(start)) {
      throw new IllegalArgumentException();
    }
    if (end < 0) {
      return null;
    }
    String line = in.readCharSequence(length, StandardCharsets.US_ASCII).toString();
    if (!line.endsWith("\r\n")) {
      throw new IllegalArgumentException();
    }
    if (line.startsWith("PROXY UNKNOWN")) {
      return Origin.PROXY_ITSELF;
    }
    Matcher matcher = V1.matcher(line.substring(0, line.length() - 2));
    if (!matcher.matches()) {
      throw new IllegalArgumentException();
    }
    boolean ipv4 = matcher.group(1).equals("TCP4");
    return new Origin(
        socket(literal(matcher.group(2), ipv4), port(matcher.group(4))),
        socket(literal(matcher.group(3), ipv4), port(matcher.group(5))),
        false);
  }

  /** Behind TCP6 also an address of IPv4, mapped or not, is sent by proxies that listen on both. */
  private static InetAddress literal(String text, boolean ipv4) {
    InetAddress address = InetAddress.ofLiteral(text);
    if (ipv4 && !(address instanceof Inet4Address)) {
      throw new IllegalArgumentException();
    }
    return address;
  }

  private static int port(String text) {
    int port = Integer.parseInt(text);
    if (port > 65_535) {
      throw new IllegalArgumentException();
    }
    return port;
  }

  private static InetAddress address(ByteBuf from, int octets) {
    byte[] address = new byte[octets];
    from.readBytes(address);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static InetSocketAddress socket(InetAddress address, int port) {
    return new InetSocketAddress(address, port);
  }
}
