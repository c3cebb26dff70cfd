/**
 * Message contents: streaming intake into segments and shared blobs, the immutable message
 * document, and reading ranges back. The journal says which contents exist for whom; here nothing
 * is ever visible by itself.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.content;
