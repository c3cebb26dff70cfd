package net.mailagent.mime;

/**
 * A header field as SEARCH reads it.
 *
 * @param name lower-case
 * @param value unfolded, encoded words decoded
 */
public record HeaderField(String name, String value) {}
