/**
 * The ports that agents call; shared-store stands behind them. All calls block and are made on
 * virtual threads; none is made on an event loop. Every call may throw {@link
 * net.mailagent.model.StoreUnavailable} when the store does not answer.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.model.port;
