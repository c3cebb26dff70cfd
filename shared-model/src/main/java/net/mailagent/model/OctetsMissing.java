package net.mailagent.model;

/**
 * The store lacks octets of a message, or has other ones. A failure that passes only when somebody
 * brings these octets again.
 */
public final class OctetsMissing extends StoreUnavailable {
  private static final long serialVersionUID = 1;

  public OctetsMissing(String message) {
    super(message);
  }
}
