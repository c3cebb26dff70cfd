package net.mailagent.lmtp;

import net.mailagent.model.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * To whom a message goes.
 *
 * @param text as the client gave it, without brackets and source route
 * @param address null when there is no domain: then the text is a user name
 */
record ForwardPath(String text, @Nullable EmailAddress address) {
  boolean isAscii() {
    return text.chars().allMatch(c -> c < 0x80);
  }

  @Override
  public String toString() {
    return text;
  }
}
