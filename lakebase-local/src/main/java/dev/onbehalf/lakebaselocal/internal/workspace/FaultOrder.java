package dev.onbehalf.lakebaselocal.internal.workspace;

import java.time.Duration;

/**
 * A fault, and what more there is to say of it; what its kind has no use for counts nothing.
 *
 * @param time of a delay, or of waking up
 * @param status of a workspace that fails
 * @param sqlState of a login that is refused
 * @param message of a login that is refused
 */
public record FaultOrder(
    FaultKind kind, Duration time, int status, String sqlState, String message) {}
