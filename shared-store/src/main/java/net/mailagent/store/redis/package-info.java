/** Wake-ups between nodes; they carry no facts, and no commit waits for them. */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.redis;
