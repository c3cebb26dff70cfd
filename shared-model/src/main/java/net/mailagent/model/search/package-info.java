/** What SEARCH asks for, free of wire syntax, and the part of it that placements decide. */
@org.jspecify.annotations.NullMarked
package net.mailagent.model.search;
