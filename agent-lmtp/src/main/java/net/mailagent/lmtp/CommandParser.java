package net.mailagent.lmtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import net.mailagent.model.EmailAddress;
import net.mailagent.runtime.net.Line;
import org.jspecify.annotations.Nullable;

/** Reads command lines. Pure; any thread. */
final class CommandParser {
  /** The longest ENVID and ORCPT (RFC 3461 sections 4.2 and 4.4), in characters. */
  private static final int MAX_ENVID = 100;

  private static final int MAX_ORCPT = 500;
  private static final String POSTMASTER = "postmaster";

  private CommandParser() {}

  /**
   * The command of that line.
   *
   * @throws CommandRefused 500 or 501 when it is none
   */
  static Command parse(Line line) throws CommandRefused {
    if (line.end() == Line.End.LF) {
      throw new CommandRefused(
          Reply.badCommand("a command line ends with CR LF, not with LF alone"));
    }
    String text = text(line.octets());
    int blank = text.indexOf(' ');
    String verb = (blank < 0 ? text : text.substring(0, blank)).toUpperCase(Locale.ROOT);
    String arguments = blank < 0 ? "" : text.substring(blank + 1).strip();
    return switch (verb) {
      case "LHLO" -> new Command.Lhlo(name(arguments));
      case "HELO", "EHLO" -> new Command.Helo(verb);
      case "MAIL" -> mail(behind("FROM:", verb, arguments));
      case "RCPT" -> rcpt(behind("TO:", verb, arguments));
      case "DATA" -> bare(new Command.Data(), verb, arguments);
      case "RSET" -> bare(new Command.Rset(), verb, arguments);
      case "QUIT" -> bare(new Command.Quit(), verb, arguments);
      case "STARTTLS" -> bare(new Command.StartTls(), verb, arguments);
      case "NOOP" -> new Command.Noop();
      case "HELP" -> new Command.Help();
      case "VRFY" -> vrfy(arguments);
      case "XFORWARD" -> new Command.Xforward(Forwarded.parse(arguments));
      default -> throw new CommandRefused(Reply.badCommand("unknown command"));
    };
  }

  private static String text(byte[] octets) throws CommandRefused {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(octets))
              .toString();
    } catch (CharacterCodingException e) {
      throw new CommandRefused(Reply.badCommand("a command line is ASCII or UTF-8"));
    }
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new CommandRefused(Reply.badCommand("a command line holds no control characters"));
    }
    return text;
  }

  private static Command bare(Command command, String verb, String arguments)
      throws CommandRefused {
    if (!arguments.isEmpty()) {
      throw new CommandRefused(Reply.badArguments(verb + " has no arguments"));
    }
    return command;
  }

  private static String name(String arguments) throws CommandRefused {
    if (arguments.isEmpty() || arguments.contains(" ")) {
      throw new CommandRefused(Reply.badArguments("LHLO needs the name of the client"));
    }
    return arguments;
  }

  private static Command vrfy(String arguments) throws CommandRefused {
    if (arguments.isEmpty()) {
      throw new CommandRefused(Reply.badArguments("VRFY needs a name"));
    }
    return new Command.Vrfy(arguments);
  }

  private static String behind(String keyword, String verb, String arguments)
      throws CommandRefused {
    if (!arguments.regionMatches(true, 0, keyword, 0, keyword.length())) {
      throw new CommandRefused(Reply.badArguments("it is " + verb + " " + keyword + "<address>"));
    }
    return arguments.substring(keyword.length()).strip(); // a blank behind the colon is common
  }

  private static Command mail(String arguments) throws CommandRefused {
    int end = pathEnd(arguments);
    String path = withoutRoute(arguments.substring(1, end));
    EmailAddress sender = path.isEmpty() ? null : address(path, "5.1.7");
    long size = 0;
    boolean utf8 = false;
    for (Map.Entry<String, @Nullable String> parameter :
        parameters(arguments.substring(end + 1)).entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
      switch (name) {
        case "SIZE" -> size = size(value);
        case "BODY" -> require(name, isOneOf(value, "7BIT", "8BITMIME"));
        case "SMTPUTF8" -> {
          require(name, value == null);
          utf8 = true;
        }
        case "RET" -> require(name, isOneOf(value, "FULL", "HDRS"));
        case "ENVID" -> require(name, value != null && Xtext.decode(value).length() <= MAX_ENVID);
        default -> throw unknown(name);
      }
    }
    if (sender != null && !sender.isAscii() && !utf8) {
      throw new CommandRefused(new Reply(553, "5.6.7", "an address beyond ASCII needs SMTPUTF8"));
    }
    return new Command.Mail(sender, size, utf8);
  }

  private static Command rcpt(String arguments) throws CommandRefused {
    int end = pathEnd(arguments);
    String path = withoutRoute(arguments.substring(1, end));
    if (path.isEmpty()) {
      throw new CommandRefused(new Reply(501, "5.1.3", "a recipient cannot be empty"));
    }
    for (Map.Entry<String, @Nullable String> parameter :
        parameters(arguments.substring(end + 1)).entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
      switch (name) {
        case "NOTIFY" -> require(name, isNotify(value));
        case "ORCPT" ->
            require(name, value != null && value.indexOf(';') > 0 && value.length() <= MAX_ORCPT);
        default -> throw unknown(name);
      }
    }
    return new Command.Rcpt(forwardPath(path));
  }

  private static ForwardPath forwardPath(String path) throws CommandRefused {
    if (path.indexOf('@') < 0 && !path.startsWith("\"")) {
      // RFC 5321 section 4.1.1.3 demands it of postmaster; here any user name may stand alone
      address(path + "@localhost", "5.1.3");
      return new ForwardPath(path.equalsIgnoreCase(POSTMASTER) ? POSTMASTER : path, null);
    }
    EmailAddress address = address(path, "5.1.3");
    return new ForwardPath(address.toString(), address);
  }

  private static EmailAddress address(String path, String status) throws CommandRefused {
    try {
      return EmailAddress.parse(path);
    } catch (IllegalArgumentException e) {
      throw new CommandRefused(new Reply(501, status, String.valueOf(e.getMessage())));
    }
  }

  /** Where the closing bracket stands: not within a quoted local part. */
  private static int pathEnd(String arguments) throws CommandRefused {
    if (!arguments.startsWith("<")) {
      throw new CommandRefused(Reply.badArguments("an address stands in angle brackets"));
    }
    boolean quoted = false;
    for (int i = 1; i < arguments.length(); i++) {
      char c = arguments.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '>' && !quoted) {
        if (i + 1 < arguments.length() && arguments.charAt(i + 1) != ' ') {
          throw new CommandRefused(Reply.badArguments("a blank must follow the address"));
        }
        return i;
      }
    }
    throw new CommandRefused(Reply.badArguments("the angle bracket of the address is not closed"));
  }

  /** A source route is understood and ignored (RFC 5321 section 4.1.2 and appendix C). */
  private static String withoutRoute(String path) throws CommandRefused {
    if (!path.startsWith("@")) {
      return path;
    }
    int colon = path.indexOf(':');
    if (colon < 0) {
      throw new CommandRefused(Reply.badArguments("a source route ends with a colon"));
    }
    for (String hop : path.substring(0, colon).split(",", -1)) {
      try {
        EmailAddress.requireDomain(hop.startsWith("@") ? hop.substring(1) : "");
      } catch (IllegalArgumentException e) {
        throw new CommandRefused(Reply.badArguments("not a source route: " + e.getMessage()));
      }
    }
    return path.substring(colon + 1);
  }

  private static Map<String, @Nullable String> parameters(String text) throws CommandRefused {
    Map<String, @Nullable String> parameters = new HashMap<>();
    if (text.isBlank()) {
      return parameters;
    }
    for (String parameter : text.strip().split(" +", -1)) {
      int equals = parameter.indexOf('=');
      String name = (equals < 0 ? parameter : parameter.substring(0, equals));
      name = name.toUpperCase(Locale.ROOT);
      String value = equals < 0 ? null : parameter.substring(equals + 1);
      if (parameters.containsKey(name)) {
        throw new CommandRefused(Reply.badArguments("a parameter is there twice"));
      }
      parameters.put(name, value);
    }
    return parameters;
  }

  private static long size(@Nullable String value) throws CommandRefused {
    // up to 20 digits are allowed (RFC 1870 section 5): more than a long holds
    require("SIZE", value != null && value.matches("[0-9]{1,20}"));
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private static boolean isOneOf(@Nullable String value, String one, String other) {
    return one.equalsIgnoreCase(value) || other.equalsIgnoreCase(value);
  }

  private static boolean isNotify(@Nullable String value) {
    if (value == null) {
      return false;
    }
    String upper = value.toUpperCase(Locale.ROOT);
    return upper.equals("NEVER")
        || upper.matches("(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY)){0,2}");
  }

  private static void require(String name, boolean valid) throws CommandRefused {
    if (!valid) {
      throw new CommandRefused(Reply.badArguments("the value of " + name + " is not allowed"));
    }
  }

  private static CommandRefused unknown(String name) {
    boolean shown = name.matches("[A-Z0-9-]{1,30}");
    return new CommandRefused(
        new Reply(555, "5.5.4", shown ? "unknown parameter " + name : "unknown parameter"));
  }
}
