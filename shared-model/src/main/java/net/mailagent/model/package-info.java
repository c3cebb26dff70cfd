/** The vocabulary of mail that all modules share; pure Java, no driver, no Vert.x. */
@org.jspecify.annotations.NullMarked
package net.mailagent.model;
