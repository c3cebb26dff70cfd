package net.mailagent.runtime.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts a listener's connections, in all and by client address, and says which may come in. An
 * IPv6 client counts by its /64, which is what one customer is given. Any thread.
 */
final class Admission {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private static final class Client {
    int open;
    int inWindow;
    long windowStart;
  }

  private final ConnectionLimits limits;
  private final LongSupplier nanoTime;
  private final Map<InetAddress, Client> clients = new HashMap<>();
  private int open;
  private long lastSweep;

  Admission(ConnectionLimits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.lastSweep = nanoTime.getAsLong();
  }

  /** Counts a connection whose client is not known yet. */
  synchronized boolean enter() {
    if (open >= limits.maxConnections()) {
      return false;
    }
    open++;
    return true;
  }

  /** Counts a connection that {@link #enter entered} for its client. */
  synchronized boolean admit(InetAddress address) {
    if (Network.anyContains(limits.exempt(), address)) {
      return true;
    }
    long now = nanoTime.getAsLong();
    sweep(now);
    Client client = clients.computeIfAbsent(key(address), k -> new Client());
    if (client.inWindow == 0 || now - client.windowStart >= MINUTE) {
      client.windowStart = now;
      client.inWindow = 0;
    }
    client.inWindow++;
    if (client.inWindow > limits.ratePerMinute() || client.open >= limits.maxPerAddress()) {
      return false;
    }
    client.open++;
    return true;
  }

  /** Ends the count of a connection that was admitted. */
  synchronized void leave(InetAddress address) {
    if (Network.anyContains(limits.exempt(), address)) {
      return;
    }
    Client client = clients.get(key(address));
    if (client != null && client.open > 0) {
      client.open--;
    }
  }

  /** Ends the count of a connection that entered. */
  synchronized void exit() {
    open--;
  }

  /** How many connections have entered and not gone. */
  synchronized int open() {
    return open;
  }

  /** Forgets clients that are gone, once a minute: the map is as large as a minute's clients. */
  private void sweep(long now) {
    if (now - lastSweep < MINUTE) {
      return;
    }
    lastSweep = now;
    clients.values().removeIf(c -> c.open == 0 && now - c.windowStart >= MINUTE);
  }

  private static InetAddress key(InetAddress address) {
    byte[] octets = address.getAddress();
    if (octets.length == 4) {
      return address;
    }
    Arrays.fill(octets, 8, 16, (byte) 0);
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
