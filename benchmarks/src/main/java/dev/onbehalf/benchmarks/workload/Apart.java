package dev.onbehalf.benchmarks.workload;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The pool for all but one user, who has as many connections as before, outside of it. What others
 * suffer from them here is the machine's and the database's doing, and no pool's.
 */
final class Apart implements Peer {
  private final Peer others;
  private final String user;
  private final HikariDataSource theirs;

  Apart(Database database, int budget, String user) {
    this.others = new PeerKind.Onbehalf(database, budget - PeerKind.PER_USER);
    this.user = user;
    this.theirs = new HikariDataSource(PeerKind.hikari(database, user, PeerKind.PER_USER));
  }

  @Override
  public Connection connection(String who) throws SQLException {
    return who.equals(user) ? theirs.getConnection() : others.connection(who);
  }

  @Override
  public void close() throws SQLException {
    theirs.close();
    others.close();
  }
}
