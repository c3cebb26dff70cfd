package net.mailagent.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The PROXY protocol, versions 1 and 2, from proxies and from others. */
@Timeout(60)
class ProxyHeaderTest {
  private static Server server(String proxies) {
    return new Server(o -> Server.proxied(o, proxies), ProxyHeaderTest::whoami);
  }

  private static Lines whoami() {
    return new Lines((c, line) ->
        c.write(
            line
                + " "
                + c.clientAddress().getHostAddress()
                + " "
                + c.isLoopbackClient()
                + " "
                + c.isTls()
                + "\r\n"));
  }

  private static String answer(Server server, String octets) throws Exception {
    try (Server.Client client = server.connect()) {
      client.send(octets);
      String hello = client.line();
      return hello == null ? "closed" : String.valueOf(client.line());
    }
  }

  private static final String V2 = "\r\n\r\n\0\r\nQUIT\n";

  private static String hex(String octets) {
    return new String(
        HexFormat.of().parseHex(octets.replace(" ", "")), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aListedProxyTellsTheClientsAddress() throws Exception {
    try (Server server = server("127.0.0.1")) {
      assertThat(answer(server, "PROXY TCP4 203.0.113.9 192.0.2.1 4711 143\r\nx\r\n"))
          .isEqualTo("x 203.0.113.9 false false");
      assertThat(answer(server, "PROXY TCP6 2001:db8::9 2001:db8::1 4711 143\r\nx\r\n"))
          .isEqualTo("x 2001:db8:0:0:0:0:0:9 false false");
      assertThat(answer(server, "PROXY TCP6 ::ffff:203.0.113.9 2001:db8::1 4711 143\r\nx\r\n"))
          .as("from a proxy that listens for IPv4 and IPv6")
          .isEqualTo("x 203.0.113.9 false false");
      assertThat(answer(server, "PROXY TCP6 2001:db8::9 192.0.2.1 4711 143\r\nx\r\n"))
          .isEqualTo("x 2001:db8:0:0:0:0:0:9 false false");
      assertThat(answer(server, "PROXY UNKNOWN\r\nx\r\n")).isEqualTo("x 127.0.0.1 true false");
      assertThat(answer(server, V2 + hex("21 11 000c cb007109 c0000201 1267 008f") + "x\r\n"))
          .isEqualTo("x 203.0.113.9 false false");
      assertThat(
              answer(
                  server,
                  V2 + hex("21 11 0014 cb007109 c0000201 1267 008f 20 0005 01 00000000") + "x\r\n"))
          .isEqualTo("x 203.0.113.9 false true");
      assertThat(answer(server, V2 + hex("20 00 0000") + "x\r\n"))
          .isEqualTo("x 127.0.0.1 true false");
    }
  }

  @Test
  void aListedProxyMustSendAHeader() throws Exception {
    try (Server server = server("127.0.0.0/8")) {
      assertThat(answer(server, "a1 NOOP\r\nx\r\n")).isEqualTo("closed");
      assertThat(answer(server, "PROXY TCP4 203.0.113.9 x 1 2\r\nx\r\n")).isEqualTo("closed");
      assertThat(answer(server, "PROXY TCP4 ::1 ::1 1 2\r\nx\r\n")).isEqualTo("closed");
      assertThat(answer(server, "PROXY TCP4 203.0.113.9 192.0.2.1 1 2 " + "x".repeat(200)))
          .isEqualTo("closed");
      assertThat(answer(server, V2 + hex("21 11 0004 cb007109") + "x\r\n")).isEqualTo("closed");
      assertThat(answer(server, V2 + hex("31 11 000c cb007109 c0000201 1267 008f") + "x\r\n"))
          .isEqualTo("closed");
      assertThat(answer(server, V2 + hex("21 11 ffff") + "x\r\n")).isEqualTo("closed");
    }
  }

  @Test
  void fromElsewhereAHeaderIsPlainInput() throws Exception {
    try (Server server = server("10.0.0.0/8")) {
      assertThat(answer(server, "PROXY TCP4 203.0.113.9 192.0.2.1 4711 143\r\n"))
          .isEqualTo("PROXY TCP4 203.0.113.9 192.0.2.1 4711 143 127.0.0.1 true false");
    }
  }

  @Test
  void aHeaderThatComesOctetByOctetIsRead() throws Exception {
    try (Server server = server("127.0.0.1");
        Server.Client client = server.connect()) {
      for (char c : "PROXY TCP4 203.0.113.9 192.0.2.1 4711 143\r\nx\r\n".toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.line()).isEqualTo("hello");
      assertThat(client.line()).isEqualTo("x 203.0.113.9 false false");
    }
  }

  @Test
  void theHeaderComesBeforeImplicitTls() throws Exception {
    try (Server server =
            new Server(
                o -> Server.implicitTls(Server.proxied(o, "127.0.0.1")), ProxyHeaderTest::whoami);
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.listener.port())) {
      // In one segment with the start of the handshake, as a proxy may send it.
      GluedSocket glued = new GluedSocket(plain, "PROXY TCP4 203.0.113.9 192.0.2.1 4711 143\r\n");
      Server.Client client = new Server.Client(ConnectionTest.tls(glued));
      assertThat(client.line()).isEqualTo("hello");
      client.send("x\r\n");
      assertThat(client.line()).isEqualTo("x 203.0.113.9 false true");
    }
  }

  /** A connected socket whose first write is preceded by some octets. */
  private static final class GluedSocket extends Socket {
    private final Socket socket;
    private byte[] first;

    GluedSocket(Socket socket, String first) {
      this.socket = socket;
      this.first = first.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public java.io.InputStream getInputStream() throws java.io.IOException {
      return socket.getInputStream();
    }

    @Override
    public java.io.OutputStream getOutputStream() {
      return new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] octets, int from, int length) {
          super.write(octets, from, length);
          flush();
        }

        @Override
        public synchronized void flush() {
          try {
            byte[] rest = toByteArray();
            reset();
            byte[] all = java.util.Arrays.copyOf(first, first.length + rest.length);
            System.arraycopy(rest, 0, all, first.length, rest.length);
            first = new byte[0];
            socket.getOutputStream().write(all);
            socket.getOutputStream().flush();
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }
      };
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public InetAddress getInetAddress() {
      return socket.getInetAddress();
    }

    @Override
    public synchronized void setSoTimeout(int timeout) throws java.net.SocketException {
      socket.setSoTimeout(timeout);
    }

    @Override
    public void setTcpNoDelay(boolean on) throws java.net.SocketException {
      socket.setTcpNoDelay(on);
    }

    @Override
    public synchronized void close() throws java.io.IOException {
      socket.close();
    }
  }
}
