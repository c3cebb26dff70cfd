package net.mailagent.model.port;

import net.mailagent.model.UserId;

/**
 * A user as logins and deliveries see it.
 *
 * @param username as it was given
 * @param address the main address
 * @param passwordHash in PHC string form
 * @param disabled whether logins are refused
 */
public record Account(
    UserId id, String username, String address, String passwordHash, boolean disabled) {}
