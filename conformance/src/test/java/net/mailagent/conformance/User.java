package net.mailagent.conformance;

/** A user of a test; the password of all of them is {@link #PASSWORD}. */
record User(String id, String name, String address) {
  static final String PASSWORD = "secretpass";
}
