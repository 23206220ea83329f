package dev.onbehalf.pool.internal.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements and catalog result sets of one lease that are still open. The newest is mostly
 * closed first, so it is looked for from the end.
 *
 * <p>Thread-safe, because a statement may be closed by another thread. Nothing is closed while the
 * monitor is held.
 */
final class OpenResources {
  private final List<AutoCloseable> open = new ArrayList<>(4);

  synchronized void add(AutoCloseable resource) {
    open.add(resource);
  }

  synchronized void remove(AutoCloseable resource) {
    for (int i = open.size() - 1; i >= 0; i--) {
      if (open.get(i) == resource) {
        open.remove(i);
        return;
      }
    }
  }

  /** Closes all, the newest first. */
  void closeAll() throws SQLException {
    List<AutoCloseable> resources = drain();
    for (int i = resources.size() - 1; i >= 0; i--) {
      try {
        resources.get(i).close();
      } catch (SQLException e) {
        throw e;
      } catch (Exception e) {
        throw new SQLException("Could not close what a borrower left open", e);
      }
    }
  }

  private synchronized List<AutoCloseable> drain() {
    List<AutoCloseable> resources = new ArrayList<>(open);
    open.clear();
    return resources;
  }
}
