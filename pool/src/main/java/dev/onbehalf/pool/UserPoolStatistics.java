package dev.onbehalf.pool;

/**
 * What one user holds and waits for at one moment.
 *
 * @param user the role
 * @param total physical connections, counting those being opened or closed
 * @param inUse connections that a caller holds
 * @param idle connections ready to be taken
 * @param loggingIn logins under way, those included for which another's connection is being closed
 * @param waiting callers that wait for a connection
 * @param maxConnections the most that this user may hold
 * @param reserve how many of the budget are kept for this user
 */
public record UserPoolStatistics(
    String user,
    int total,
    int inUse,
    int idle,
    int loggingIn,
    int waiting,
    int maxConnections,
    int reserve) {}
