package net.mailagent.store;

import java.time.Duration;
import net.mailagent.store.journal.JournalSettings;

/** Settings of a journal as a test wants them: the defaults but for what it names. */
public final class TestJournal {
  private static final JournalSettings DEFAULT = JournalSettings.DEFAULT;

  private Duration stateAge = DEFAULT.stateAge();
  private Duration commitTimeout = DEFAULT.commitTimeout();
  private Duration backOff = DEFAULT.backOff();
  private Duration maxBackOff = DEFAULT.maxBackOff();
  private int inlineBytes = DEFAULT.inlineBytes();
  private int partBytes = DEFAULT.partBytes();
  private int batch = DEFAULT.batch();
  private int coldLoads = DEFAULT.coldLoads();

  private TestJournal() {}

  public static TestJournal withDefaults() {
    return new TestJournal();
  }

  public TestJournal stateAge(Duration age) {
    stateAge = age;
    return this;
  }

  public TestJournal commitTimeout(Duration timeout) {
    commitTimeout = timeout;
    return this;
  }

  public TestJournal backOff(Duration pause, Duration most) {
    backOff = pause;
    maxBackOff = most;
    return this;
  }

  /** Entries larger than {@code inline} octets have parts of that many. */
  public TestJournal parts(int inline, int part) {
    inlineBytes = inline;
    partBytes = part;
    return this;
  }

  public TestJournal batch(int documents) {
    batch = documents;
    return this;
  }

  public TestJournal coldLoads(int users) {
    coldLoads = users;
    return this;
  }

  public JournalSettings settings() {
    return new JournalSettings(
        stateAge,
        commitTimeout,
        backOff,
        maxBackOff,
        DEFAULT.maxGroup(),
        inlineBytes,
        partBytes,
        batch,
        DEFAULT.cacheBytes(),
        coldLoads,
        DEFAULT.bulkUsers(),
        DEFAULT.sinceBytes());
  }
}
