/** Users, their names and addresses. */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.account;
