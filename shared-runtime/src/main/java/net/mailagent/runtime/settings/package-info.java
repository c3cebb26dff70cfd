/**
 * Settings: one name in three spellings, resolved from command line, environment, YAML file and
 * defaults.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.runtime.settings;
