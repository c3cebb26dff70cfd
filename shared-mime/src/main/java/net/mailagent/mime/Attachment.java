package net.mailagent.mime;

/**
 * A part that a reader would list as attached.
 *
 * @param part its number as in BODY[n], such as "2.1"
 * @param fileName decoded; empty when the sender gave none
 * @param mediaType lower-case type/subtype
 * @param size octets of the body as it stands in the message, still encoded
 */
public record Attachment(String part, String fileName, String mediaType, long size) {}
