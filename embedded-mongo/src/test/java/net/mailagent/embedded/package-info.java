/** The engine is tried by the ordinary driver over its wire; its files by crashing them. */
@NullMarked
package net.mailagent.embedded;

import org.jspecify.annotations.NullMarked;
