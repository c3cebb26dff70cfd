/** What every protocol stands on: settings, listeners, TLS, logins, metrics and health. */
@org.jspecify.annotations.NullMarked
package net.mailagent.runtime;
