/** The program: reads settings, assembles store and protocols, starts and stops them. */
@org.jspecify.annotations.NullMarked
package net.mailagent.agent;
