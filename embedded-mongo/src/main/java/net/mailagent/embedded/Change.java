package net.mailagent.embedded;

import org.jspecify.annotations.Nullable;

/**
 * One step of an operation: that map has that value under that key from now on, or nothing.
 * Applying it twice is the same as once, which makes replay simple.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are shared, never changed, and compared as such
record Change(int map, byte[] key, byte @Nullable [] value) {}
