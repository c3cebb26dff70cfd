/**
 * The ports over MongoDB and Redis: {@link net.mailagent.store.Store} assembles them, everything
 * below is its own business.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store;
