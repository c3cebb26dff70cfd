/** Passwords, SASL messages and the throttled check of a login. */
@org.jspecify.annotations.NullMarked
package net.mailagent.runtime.auth;
