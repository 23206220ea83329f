/**
 * A PostgreSQL database, reached as the service principal or on behalf of the person behind a
 * request. {@link dev.onbehalf.identity.OnBehalfDatabase} is the way in; what differs from one kind
 * of PostgreSQL to the next is a {@link dev.onbehalf.identity.Platform}.
 *
 * <h2>What goes wrong</h2>
 *
 * Every message says what to do, and none holds a token.
 *
 * <table>
 * <caption>Exceptions, where they come from, and the HTTP status that suits them</caption>
 * <tr><th>cause</th><th>exception</th><th>SQLState</th><th>HTTP</th></tr>
 * <tr><td>no identity</td>
 *     <td>{@link dev.onbehalf.identity.IdentityException} MISSING</td><td></td><td>401</td></tr>
 * <tr><td>malformed, repeated, over-long</td>
 *     <td>the same, MALFORMED</td><td></td><td>400</td></tr>
 * <tr><td>token expired or refused</td>
 *     <td>the same, TOKEN_REFUSED</td><td></td><td>401</td></tr>
 * <tr><td>token without a scope that is needed; its owner may not use the database</td>
 *     <td>the same, MISSING_SCOPE, NOT_PERMITTED; from {@code getConnection()} as the cause of a
 *     {@link dev.onbehalf.pool.LoginFailedException}</td><td>08004</td><td>403</td></tr>
 * <tr><td>token of somebody else; past the proxy; a name of the application's own</td>
 *     <td>the same, MISMATCH, UNTRUSTED_PROXY, RESERVED</td><td></td><td>403</td></tr>
 * <tr><td>too many others wait for their proof</td>
 *     <td>the same, BUSY</td><td></td><td>429</td></tr>
 * <tr><td>whoever vouches for people unreachable, or no verdict to be had until somebody mends what
 *     the reason says</td>
 *     <td>{@link dev.onbehalf.identity.IssuerUnavailableException}, from {@code getConnection()}
 *     as the cause of a {@link dev.onbehalf.pool.LoginFailedException}</td>
 *     <td>08001</td><td>503</td></tr>
 * <tr><td>whether they have signed out at another instance can't be found out</td>
 *     <td>the same, FLEET_UNREACHABLE; from {@code getConnection()} as the cause</td>
 *     <td>08001</td><td>503</td></tr>
 * <tr><td>a sign-out that other instances may not know of</td>
 *     <td>{@link dev.onbehalf.identity.SignOutNotToldException}</td><td></td><td>503</td></tr>
 * <tr><td>no such role in PostgreSQL</td>
 *     <td>{@link dev.onbehalf.identity.RoleRefusedException}, as the cause of a
 *     {@code LoginFailedException}</td><td>28000, 28P01</td><td>403</td></tr>
 * <tr><td>role above Row-Level Security</td>
 *     <td>{@link dev.onbehalf.pool.RlsBypassException}</td><td>28000</td><td>403</td></tr>
 * <tr><td>session of another role</td>
 *     <td>{@link dev.onbehalf.pool.WrongSessionUserException}</td><td>28000</td><td>500</td></tr>
 * <tr><td>budget busy until the time-out</td>
 *     <td>{@link dev.onbehalf.pool.ConnectionTimeoutException}</td>
 *     <td>08001, 53300</td><td>503</td></tr>
 * <tr><td>database unreachable</td>
 *     <td>{@code LoginFailedException}, or the driver's own</td>
 *     <td>08…, 57P…, 53…</td><td>503</td></tr>
 * <tr><td>permission denied</td><td>the driver's own</td><td>42501</td><td>403</td></tr>
 * <tr><td>wrong settings</td>
 *     <td>{@link dev.onbehalf.identity.InvalidSettingsException}</td><td></td><td></td></tr>
 * </table>
 */
@NullMarked
package dev.onbehalf.identity;

import org.jspecify.annotations.NullMarked;
