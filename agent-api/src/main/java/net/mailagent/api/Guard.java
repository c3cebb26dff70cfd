package net.mailagent.api;

import io.vertx.core.MultiMap;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.mailagent.runtime.net.Network;
import org.jspecify.annotations.Nullable;

/**
 * Who may call. With a root token configured, whoever shows it. Without one, only programs on this
 * host: the client's address must be loopback, and everything that tells of a web page or a proxy
 * in between is refused, for a browser on this host would carry any site's requests here (by a
 * foreign Origin, or by a name that was rebound to 127.0.0.1), and a load balancer on this host
 * those of anybody. Pure; event loops ask.
 */
final class Guard {
  private static final List<String> PROXY_HEADERS =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  private final byte @Nullable [] tokenHash;
  private final List<String> localNames;
  private final List<Network> proxies;

  /**
   * @param token the root token, if there is one
   * @param localNames host names that mean this host beside loopback addresses
   * @param proxies networks of load balancers, whose addresses say nothing of who calls
   */
  Guard(Optional<String> token, List<String> localNames, List<Network> proxies) {
    this.tokenHash = token.map(Guard::hash).orElse(null);
    this.localNames = localNames.stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
    this.proxies = List.copyOf(proxies);
  }

  /**
   * Why that request is refused, or empty if it may go on.
   *
   * @param client the address of the socket; null when it is none of IP
   */
  Optional<ApiError> refusal(@Nullable InetAddress client, MultiMap headers, MultiMap query) {
    byte[] wanted = tokenHash;
    if (wanted != null) {
      return token(headers, query)
              .filter(given -> MessageDigest.isEqual(wanted, hash(given)))
              .isPresent()
          ? Optional.empty()
          : refused("InvalidToken", "a valid access token is needed");
    }
    if (client == null || !client.isLoopbackAddress()) {
      return refused(
          "InvalidToken", "without api.access-token only programs on this host are served");
    }
    if (Network.anyContains(proxies, client)) {
      return refused(
          "InvalidToken",
          "a proxy of connections.proxies may be in between: configure api.access-token");
    }
    for (String name : PROXY_HEADERS) {
      if (headers.contains(name)) {
        return refused(
            "InvalidToken", "behind a proxy (" + name + ") an api.access-token must be configured");
      }
    }
    List<String> hosts = headers.getAll("Host");
    if (hosts.size() != 1 || !isLocal(hosts.getFirst())) {
      return refused(
          "MissingPrivileges",
          "without api.access-token the Host must be localhost or a loopback address");
    }
    List<String> origins = headers.getAll("Origin");
    boolean sameOrigin =
        origins.isEmpty()
            || (origins.size() == 1
                && origins.getFirst().equalsIgnoreCase("http://" + hosts.getFirst()));
    String site = headers.get("Sec-Fetch-Site");
    boolean sameSite =
        site == null || site.equalsIgnoreCase("same-origin") || site.equalsIgnoreCase("none");
    if (!sameOrigin || !sameSite) {
      return refused(
          "MissingPrivileges", "without api.access-token no page of another origin is served");
    }
    return Optional.empty();
  }

  private static Optional<ApiError> refused(String code, String error) {
    return Optional.of(new ApiError(403, code, error));
  }

  private static Optional<String> token(MultiMap headers, MultiMap query) {
    String authorization = headers.get("Authorization");
    if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(authorization.substring(7).strip());
    }
    String header = headers.get("X-Access-Token");
    return Optional.ofNullable(header != null ? header : query.get("accessToken"));
  }

  private boolean isLocal(String authority) {
    String host = authority.toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      int close = host.indexOf(']');
      host = close < 0 ? "" : host.substring(1, close);
    } else if (host.indexOf(':') >= 0) {
      host = host.substring(0, host.indexOf(':'));
    }
    if (localNames.contains(host)) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Tokens are compared by digests, so that neither content nor length shows in the time. */
  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
