package net.mailagent.mime;

/**
 * A parameter of a Content-Type field.
 *
 * @param name lower-case, without the marks of RFC 2231
 * @param value decoded, continuations joined
 */
public record Param(String name, String value) {}
