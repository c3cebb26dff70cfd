package net.mailagent.mime;

import org.jspecify.annotations.Nullable;

/** ENVELOPE (RFC 9051 section 7.5.2) of a message header. */
final class EnvelopeWriter {
  /** An envelope of which nothing is known. */
  static final String EMPTY = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";

  private final ImapText out;
  private final int limit;

  /**
   * @param limit octets written from which on no more addresses are listed
   */
  EnvelopeWriter(ImapText out, int limit) {
    this.out = out;
    this.limit = limit;
  }

  void write(PartHeader header) {
    String from = header.addresses("from").orElse("");
    out.raw("(").nstring(header.value("date").orElse(null));
    out.raw(" ").nstring(header.value("subject").orElse(null));
    addresses(from, "");
    addresses(header.addresses("sender").orElse(""), from);
    addresses(header.addresses("reply-to").orElse(""), from);
    addresses(header.addresses("to").orElse(""), "");
    addresses(header.addresses("cc").orElse(""), "");
    addresses(header.addresses("bcc").orElse(""), "");
    out.raw(" ").nstring(header.value("in-reply-to").orElse(null));
    out.raw(" ").nstring(header.value("message-id").orElse(null));
    out.raw(")");
  }

  /** Lists the addresses, or those of the other field when there are none. */
  private void addresses(String list, String otherwise) {
    out.raw(" ");
    Addresses addresses = new Addresses();
    AddressList.parse(list, addresses);
    if (!addresses.any) {
      AddressList.parse(otherwise, addresses);
    }
    if (addresses.inGroup) {
      addresses.groupEnd(); // the list was cut within it
    }
    out.raw(addresses.any ? ")" : "NIL");
  }

  /** Writes addresses as they are found; a group is bracketed by two without host (or mailbox). */
  private final class Addresses implements AddressList.Reader {
    private boolean any;
    private boolean inGroup;

    @Override
    public boolean mailbox(
        @Nullable String name, @Nullable String route, String local, String domain) {
      return address(name, route, local, domain);
    }

    @Override
    public boolean groupStart(String name) {
      inGroup = true;
      return address(null, null, name, null);
    }

    @Override
    public boolean groupEnd() {
      inGroup = false;
      return address(null, null, null, null);
    }

    private boolean address(
        @Nullable String name,
        @Nullable String route,
        @Nullable String mailbox,
        @Nullable String host) {
      out.raw(any ? "(" : "((");
      any = true;
      out.nstring(name).raw(" ").nstring(route).raw(" ").nstring(mailbox);
      out.raw(" ").nstring(host).raw(")");
      return out.size() < limit;
    }
  }
}
