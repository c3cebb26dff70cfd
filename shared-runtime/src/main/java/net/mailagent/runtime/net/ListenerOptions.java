package net.mailagent.runtime.net;

import java.util.List;
import net.mailagent.runtime.tls.TlsIdentity;

/**
 * What a listener listens on and whom it trusts.
 *
 * @param name for logs and metrics, such as {@code imaps}
 * @param host the address to bind
 * @param port the port to bind, 0 for a free one
 * @param tls the certificate for implicit TLS and STARTTLS
 * @param implicitTls whether TLS starts with the first octet (RFC 8314)
 * @param limits what the listener and its connections may take
 * @param proxies networks from which a PROXY protocol header (v1 or v2) is required and believed;
 *     from elsewhere such a header is plain input. Empty when there is no proxy
 * @param refusal what a client over a limit is told before it is closed, such as {@code * BYE
 *     [UNAVAILABLE] Too many connections}; without line end. Not sent under implicit TLS
 */
public record ListenerOptions(
    String name,
    String host,
    int port,
    TlsIdentity tls,
    boolean implicitTls,
    ConnectionLimits limits,
    List<Network> proxies,
    String refusal) {

  public ListenerOptions {
    proxies = List.copyOf(proxies);
  }
}
