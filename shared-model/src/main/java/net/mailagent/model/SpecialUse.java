package net.mailagent.model;

import java.util.Locale;
import java.util.Optional;

/** What a mailbox is for (RFC 6154 section 2), with its attribute as LIST shows it. */
public enum SpecialUse {
  ALL("\\All"),
  ARCHIVE("\\Archive"),
  DRAFTS("\\Drafts"),
  FLAGGED("\\Flagged"),
  JUNK("\\Junk"),
  SENT("\\Sent"),
  TRASH("\\Trash"),
  IMPORTANT("\\Important");

  private final String attribute;

  SpecialUse(String attribute) {
    this.attribute = attribute;
  }

  /** The attribute as it goes over the wire, with its backslash. */
  public String attribute() {
    return attribute;
  }

  /** The use of that attribute, compared without case. */
  public static Optional<SpecialUse> of(String attribute) {
    for (SpecialUse use : values()) {
      if (use.attribute.toLowerCase(Locale.ROOT).equals(attribute.toLowerCase(Locale.ROOT))) {
        return Optional.of(use);
      }
    }
    return Optional.empty();
  }
}
