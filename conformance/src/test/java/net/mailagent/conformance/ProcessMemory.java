package net.mailagent.conformance;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The memory of another Java process: what is live on its heap behind a full collection, and what
 * it holds of the machine's memory, at their peaks.
 */
final class ProcessMemory implements AutoCloseable {
  private static final long PAUSE_MILLIS = 1_000;

  private final long pid;
  private final JMXConnector connector;
  private final MemoryMXBean memory;
  private final List<MemoryPoolMXBean> heap = new ArrayList<>();
  private final Thread watcher;
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong resident = new AtomicLong();
  private volatile boolean closed;

  /** Peaks in octets; resident is 0 where the system does not say. */
  record Peak(long live, long resident) {
    @Override
    public String toString() {
      return "live heap %.1f MiB, RSS %.1f MiB".formatted(live / 1048576.0, resident / 1048576.0);
    }
  }

  ProcessMemory(long pid) throws Exception {
    this.pid = pid;
    VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
    try {
      connector =
          JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
    } finally {
      machine.detach();
    }
    MBeanServerConnection server = connector.getMBeanServerConnection();
    memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
    for (MemoryPoolMXBean pool :
        ManagementFactory.getPlatformMXBeans(server, MemoryPoolMXBean.class)) {
      if (pool.getType() == MemoryType.HEAP) {
        heap.add(pool);
      }
    }
    sample();
    watcher = Thread.ofPlatform().daemon().start(this::watch);
  }

  private void watch() {
    try {
      while (!closed) {
        Thread.sleep(PAUSE_MILLIS);
        sample();
      }
    } catch (InterruptedException | IOException | RuntimeException ended) {
      // the process, or the test, is over
    }
  }

  private void sample() throws IOException {
    long held = rss();
    memory.gc();
    long used = 0;
    for (MemoryPoolMXBean pool : heap) {
      used += pool.getCollectionUsage().getUsed(); // as the collection left it
    }
    live.accumulateAndGet(used, Math::max);
    resident.accumulateAndGet(Math.max(held, rss()), Math::max);
  }

  private long rss() throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }

  /** The peaks since the last call. */
  Peak peak() throws IOException {
    sample();
    return new Peak(live.getAndSet(0), resident.getAndSet(0));
  }

  @Override
  public void close() throws Exception {
    closed = true;
    watcher.interrupt();
    watcher.join();
    connector.close();
  }
}
