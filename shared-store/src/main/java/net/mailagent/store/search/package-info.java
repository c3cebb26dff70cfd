/**
 * SEARCH as it divides by where the truth is: placements decide flags, dates and sizes, queries of
 * the messages collection decide headers and text, and what no query can decide is verified on the
 * candidates.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.search;
