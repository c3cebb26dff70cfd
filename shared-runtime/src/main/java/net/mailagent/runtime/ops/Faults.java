package net.mailagent.runtime.ops;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a fault, an exception that should not have happened, once and with a reference id that the
 * client is told (NO [SERVERBUG], 451, 500), so that both ends can be matched. Any thread.
 */
public final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
  private static final HexFormat HEX = HexFormat.of();

  private Faults() {}

  /**
   * Logs it with its stack.
   *
   * @param where what was going on, such as {@code imap 3f2 UID FETCH}; no user data
   * @return the reference id: 8 hex digits
   */
  public static String log(String where, Throwable fault) {
    String reference = HEX.toHexDigits(ThreadLocalRandom.current().nextInt());
    LOG.error("fault {} in {}", reference, where, fault);
    return reference;
  }
}
