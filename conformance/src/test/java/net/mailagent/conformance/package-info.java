/** Checks of the whole: protocol scripts, real clients, several nodes, module arrows, format. */
@org.jspecify.annotations.NullMarked
package net.mailagent.conformance;
