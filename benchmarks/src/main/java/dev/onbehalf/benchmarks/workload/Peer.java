package dev.onbehalf.benchmarks.workload;

import java.sql.Connection;
import java.sql.SQLException;

/** Something that hands out connections on behalf of users. */
interface Peer extends AutoCloseable {
  /** A connection on which {@code current_user} is the user. */
  Connection connection(String user) throws SQLException;

  @Override
  void close() throws SQLException;
}
