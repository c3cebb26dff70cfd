/**
 * The one way to the database: a connection with our settings, and {@link
 * net.mailagent.store.mongo.Documents}, whose every call blocks a virtual thread, is bounded in
 * time and passes {@link net.mailagent.store.mongo.Calls}, where tests count it and make it fail.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.store.mongo;
