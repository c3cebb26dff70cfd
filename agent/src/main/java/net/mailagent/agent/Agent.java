package net.mailagent.agent;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import net.mailagent.runtime.auth.Authenticator;
import net.mailagent.runtime.auth.Passwords;
import net.mailagent.runtime.net.ListenException;
import net.mailagent.runtime.ops.Health;
import net.mailagent.runtime.ops.Metrics;
import net.mailagent.runtime.settings.RuntimeSettings;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.runtime.tls.TlsException;
import net.mailagent.runtime.tls.TlsIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the store and the protocols of its roles. {@code main} and tests start it alike;
 * several may run in one process. Any thread.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Settings settings;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Agent(Settings settings) {
    this.settings = settings;
  }
}
