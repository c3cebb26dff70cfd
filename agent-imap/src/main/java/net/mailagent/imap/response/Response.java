package net.mailagent.imap.response;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PrimitiveIterator;
import net.mailagent.imap.wire.ResponseWriter;
import net.mailagent.model.Flags;

/** What the server tells the client, in one line; each record encodes itself. Immutable. */
public sealed interface Response {
  /** Writes the whole response, its line end included. */
  void encode(ResponseWriter out);

  /**
   * A status response (RFC 3501 section 7.1).
   *
   * @param tag of the command it answers, or empty for an untagged one
   */
  record Told(Optional<String> tag, Condition condition, Optional<Code> code, String text)
      implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text(tag.orElse("*")).space().text(condition.name()).space();
      code.ifPresent(c -> out.octet('[').text(c.text()).octet(']').space());
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        out.octet(c >= 0x20 && c < 0x7f ? c : '?'); // names in it may hold anything
      }
      out.crlf();
    }
  }

  /** An untagged status response. */
  static Response told(Condition condition, String text) {
    return new Told(Optional.empty(), condition, Optional.empty(), text);
  }

  /** An untagged status response with a code. */
  static Response told(Condition condition, Code code, String text) {
    return new Told(Optional.empty(), condition, Optional.of(code), text);
  }

  /** How many messages there are. */
  record Exists(int messages) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* ").number(messages).text(" EXISTS\r\n");
    }
  }

  /** \Recent is not kept, so it is always 0; IMAP4rev1 demands it after SELECT. */
  record Recent() implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* 0 RECENT\r\n");
    }
  }

  /** A message is gone; those behind it move up. */
  record Expunged(int number) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* ").number(number).text(" EXPUNGE\r\n");
    }
  }

  /** The flags that messages of the mailbox have or can have. */
  record Applicable(String flags) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* FLAGS (").text(flags).text(")\r\n");
    }
  }

  /**
   * The flags a message has now: a FETCH response that STORE or somebody else's change leads to.
   * The UID is always in it: it must be after a UID command and may be everywhere.
   *
   * @param modSeq where CONDSTORE is on
   * @param flags unless the client does not want to hear them (.SILENT)
   */
  record Flagged(int number, int uid, OptionalLong modSeq, Optional<Flags> flags)
      implements Response {
    @Override
    public void encode(ResponseWriter out) {
      FetchWriter fetch = new FetchWriter(out, number);
      fetch.uid(uid);
      modSeq.ifPresent(fetch::modSeq);
      flags.ifPresent(fetch::flags);
      fetch.end();
    }
  }

  /**
   * A mailbox in the answer to LIST or LSUB.
   *
   * @param command LIST or LSUB
   */
  record Listed(String command, List<String> attributes, String name) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* ").text(command).text(" (").text(String.join(" ", attributes));
      out.text(") \"/\" ").mailbox(name).crlf();
    }
  }

  /** The answer to LIST with an empty pattern: the delimiter and the root. */
  record Root(String command) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* ").text(command).text(" (\\Noselect) \"/\" \"\"\r\n");
    }
  }

  /**
   * The answer to STATUS, items in the order of the map.
   *
   * @param items names and values, both as they are sent
   */
  record Figures(String mailbox, Map<String, String> items) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* STATUS ").mailbox(mailbox).text(" (");
      boolean first = true;
      for (Map.Entry<String, String> item : items.entrySet()) {
        out.text(first ? "" : " ").text(item.getKey()).space().text(item.getValue());
        first = false;
      }
      out.text(")\r\n");
    }
  }

  /**
   * The answer to SEARCH.
   *
   * @param numbers sequence numbers or uids, ascending; read once
   * @param modSeq the highest of them, if the search was about MODSEQ and found something
   */
  record Found(PrimitiveIterator.OfInt numbers, OptionalLong modSeq) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* SEARCH");
      while (numbers.hasNext()) {
        out.space().number(numbers.nextInt());
      }
      modSeq.ifPresent(highest -> out.text(" (MODSEQ ").number(highest).octet(')'));
      out.crlf();
    }
  }

  record Capabilities(List<String> names) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* CAPABILITY ").text(String.join(" ", names)).crlf();
    }
  }

  /** What ENABLE enabled (RFC 5161). */
  record Enabled(List<String> names) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* ENABLED");
      names.forEach(name -> out.space().text(name));
      out.crlf();
    }
  }

  /** One personal namespace, no others (RFC 2342). */
  record Namespaces() implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
    }
  }

  /** What this server says about itself (RFC 2971). */
  record Identity(Map<String, String> fields) implements Response {
    @Override
    public void encode(ResponseWriter out) {
      out.text("* ID (");
      boolean first = true;
      for (Map.Entry<String, String> field : fields.entrySet()) {
        out.text(first ? "" : " ").string(field.getKey()).space().string(field.getValue());
        first = false;
      }
      out.text(")\r\n");
    }
  }
}
