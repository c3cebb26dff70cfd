package net.mailagent.runtime.settings;

/**
 * A setting that is unknown or has a value that is not allowed; the message is for the operator.
 */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public SettingsException(String message) {
    super(message);
  }
}
