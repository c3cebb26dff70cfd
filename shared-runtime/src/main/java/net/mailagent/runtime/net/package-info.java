/**
 * Listeners and connections: sockets on event loops, commands on one serial virtual-thread runner
 * per connection.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.runtime.net;
