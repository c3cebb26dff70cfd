/**
 * The checker of histories. Whoever drives clients records what they asked and were told as {@link
 * net.mailagent.history.Event}s in a {@link net.mailagent.history.Recording}; {@link
 * net.mailagent.history.Checker} says which promises of the program that history breaks. It knows
 * nothing of the program: neither its classes, nor nodes, nor processes.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.history;
