package net.mailagent.imap.wire;

/**
 * Bounds of one command. Past one the command is answered by BAD and skipped without buffering.
 *
 * @param line octets of all lines of a command together, literals not counted
 * @param literal octets of one literal other than a message to APPEND
 * @param literals octets of all such literals of a command together
 * @param depth how deep parentheses and search keys may nest
 * @param flag octets of one flag or keyword
 * @param keys how many search keys a command may have
 */
public record WireLimits(int line, int literal, int literals, int depth, int flag, int keys) {}
