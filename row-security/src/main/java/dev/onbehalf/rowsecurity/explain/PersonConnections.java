package dev.onbehalf.rowsecurity.explain;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where a person's own connections come from, to ask the server itself.
 *
 * <pre>{@code
 * PersonConnections connections = person -> pools.getPool(person).getConnection();
 * PersonConnections none = PersonConnections.NONE;
 * }</pre>
 *
 * Called for each question by the thread that asks, which closes the connection.
 */
@FunctionalInterface
public interface PersonConnections {
  /** Nobody's. */
  PersonConnections NONE = person -> null;

  /**
   * A connection logged in as the person, with no transaction open; null if there is none for them.
   */
  @Nullable Connection connect(String person) throws SQLException;
}
