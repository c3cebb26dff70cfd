/** What operators look at: metrics, health and logged faults. */
@org.jspecify.annotations.NullMarked
package net.mailagent.runtime.ops;
