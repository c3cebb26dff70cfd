package net.mailagent.mime;

/**
 * What is known of a leaf when its first octet arrives.
 *
 * @param part its number as in BODY[n], such as "2.1"; unique in the message
 * @param mediaType lower-case type/subtype
 * @param transferEncoding lower-case, "7bit" when the sender gave none
 * @param offset of its first octet in the message
 */
public record LeafInfo(String part, String mediaType, String transferEncoding, long offset) {}
