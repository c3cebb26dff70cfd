/** The certificate and key a listener presents. */
@org.jspecify.annotations.NullMarked
package net.mailagent.runtime.tls;
