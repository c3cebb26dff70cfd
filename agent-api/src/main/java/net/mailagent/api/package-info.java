/**
 * The HTTP API: JSON calls and push streams on one port. Event loops only read requests and write
 * answers; every call runs on a virtual thread of its own and hands back an {@link
 * net.mailagent.api.Answer}, so nothing a call does can block a loop.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.api;
