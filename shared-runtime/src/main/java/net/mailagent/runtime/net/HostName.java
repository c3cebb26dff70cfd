package net.mailagent.runtime.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import net.mailagent.model.EmailAddress;

/**
 * What this host calls itself when no setting says otherwise. The kernel is asked first: a look-up
 * of the own name can wait seconds for a resolver that does not know it, and a node should start at
 * once.
 */
public final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** The name in lower case, a domain by its grammar; "localhost" when there is none. */
  public static String own() {
    try {
      String name =
          Files.isReadable(KERNEL)
              ? Files.readString(KERNEL)
              : InetAddress.getLocalHost().getHostName();
      String plain = name.strip().toLowerCase(Locale.ROOT);
      EmailAddress.requireDomain(plain);
      return plain;
    } catch (IOException | IllegalArgumentException e) {
      return "localhost";
    }
  }
}
