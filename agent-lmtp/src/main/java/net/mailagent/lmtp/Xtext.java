package net.mailagent.lmtp;

/** The encoding of parameter values (RFC 3461 section 4): "+" and two hex digits for an octet. */
final class Xtext {
  private Xtext() {}

  /** The text that xtext stands for, one character per octet. */
  static String decode(String xtext) throws CommandRefused {
    StringBuilder text = new StringBuilder(xtext.length());
    for (int i = 0; i < xtext.length(); i++) {
      char c = xtext.charAt(i);
      if (c == '+') {
        if (i + 2 >= xtext.length() || !isHex(xtext.charAt(i + 1)) || !isHex(xtext.charAt(i + 2))) {
          throw new CommandRefused(
              Reply.badArguments("+ in a value needs two upper-case hex digits"));
        }
        text.append((char) Integer.parseInt(xtext, i + 1, i + 3, 16));
        i += 2;
      } else if (c > ' ' && c < 0x7f && c != '=') {
        text.append(c);
      } else {
        throw new CommandRefused(
            Reply.badArguments("a value holds a character that must be encoded"));
      }
    }
    return text.toString();
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  }
}
