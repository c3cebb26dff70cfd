/**
 * Measurements over the wire: {@link net.mailagent.bench.Load} drives one or two IMAP and LMTP
 * servers, {@link net.mailagent.bench.StartTime} starts the program again and again. Sockets and
 * the JDK only, so that the same driver measures any server.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.bench;
