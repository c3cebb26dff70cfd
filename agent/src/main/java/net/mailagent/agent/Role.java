package net.mailagent.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a process does. */
public enum Role {
  /** IMAP listeners. */
  IMAP,
  /** The LMTP listener. */
  LMTP,
  /** The HTTP listener. */
  API,
  /** Serves the embedded engine by TCP, for other processes on this machine. */
  STORE;

  /** Those that serve clients: what a process does unless told otherwise. */
  static final String SERVING = IMAP + "," + LMTP + "," + API;

  /** All of them, as a setting names them. */
  static final String ALL =
      Arrays.stream(values()).map(Role::toString).collect(Collectors.joining(","));

  /**
   * Reads a list of roles.
   *
   * @throws IllegalArgumentException when there is none, or one that nobody knows
   */
  static Set<Role> parseAll(String text) {
    List<Role> roles = new ArrayList<>();
    for (String name : text.split(",", -1)) {
      if (!name.isBlank()) {
        roles.add(parse(name.strip()));
      }
    }
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("no role");
    }
    return Set.copyOf(EnumSet.copyOf(roles));
  }

  private static Role parse(String name) {
    for (Role role : values()) {
      if (role.toString().equalsIgnoreCase(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("no role is called " + name);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
