package net.mailagent.mime;

/**
 * The outcome of a parse. The arrays are ready to send and belong to the receiver.
 *
 * @param size octets of the message
 * @param root the MIME tree
 * @param envelope ENVELOPE in parentheses (RFC 9051 section 7.5.2)
 * @param body BODY, the structure without extension data
 * @param bodyStructure BODYSTRUCTURE
 * @param facts what SEARCH and others need
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way to the wire; never compared
public record ParsedMessage(
    long size,
    MimePart root,
    byte[] envelope,
    byte[] body,
    byte[] bodyStructure,
    MessageFacts facts) {}
