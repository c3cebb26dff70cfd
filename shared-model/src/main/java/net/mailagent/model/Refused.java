package net.mailagent.model;

/**
 * The server understood and will not do it: NO in IMAP, 4xx/5xx in LMTP, 4xx in HTTP. Carries a
 * {@link Refusal} which each protocol answers in its own words.
 */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialized
  private final Refusal refusal;

  public Refused(Refusal refusal) {
    super(refusal.text(), null, false, false); // an answer, not a fault: no stack trace
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}
