package net.mailagent.lmtp;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.mailagent.model.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * The trace fields that go in front of a message, for one recipient (RFC 5321 section 4.4, RFC
 * 9228): Return-Path, Delivered-To, Received. They are the only octets that are not the sender's.
 * Every part is cleaned and bounded, so no client can write a field of its own or a line over 998
 * octets.
 *
 * @param host what this host calls itself
 * @param client what the client called itself in LHLO
 * @param clientAddress the IP address of the client
 * @param protocol such as LMTP or LMTPS
 * @param id of the transaction
 * @param at when the message was received
 */
record TraceHeader(
    String host, String client, String clientAddress, String protocol, String id, Instant at) {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final int MAX_NAME = 255;

  /**
   * The fields for that recipient, each ended by CRLF.
   *
   * @param sender null for the null reverse-path
   */
  byte[] forRecipient(@Nullable EmailAddress sender, ForwardPath recipient) {
    String fields =
        "Return-Path: <"
            + (sender == null ? "" : sender)
            + ">\r\nDelivered-To: "
            + recipient
            + "\r\nReceived: from "
            + name(client)
            + " ("
            + literal(clientAddress)
            + ")"
            + "\r\n\tby "
            + name(host)
            + " with "
            + protocol
            + " id "
            + name(id)
            + "\r\n\tfor <"
            + recipient
            + ">; "
            + DATE.format(at)
            + "\r\n";
    return fields.getBytes(StandardCharsets.UTF_8);
  }

  /** A name as it may stand in a Received field; "unknown" when nothing is left of it. */
  private static String name(String text) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length() && name.length() < MAX_NAME; i++) {
      char c = text.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || ".-_:[]".indexOf(c) >= 0;
      if (allowed) {
        name.append(c);
      }
    }
    return name.isEmpty() ? "unknown" : name.toString();
  }

  private static String literal(String address) {
    return name((address.indexOf(':') >= 0 ? "[IPv6:" : "[") + address + "]");
  }
}
