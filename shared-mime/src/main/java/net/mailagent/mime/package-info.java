/**
 * Bytes to the MIME tree with exact octet ranges, ENVELOPE, BODY, BODYSTRUCTURE and text; sections
 * to byte ranges. Knows neither a store nor a protocol connection.
 */
@org.jspecify.annotations.NullMarked
package net.mailagent.mime;
