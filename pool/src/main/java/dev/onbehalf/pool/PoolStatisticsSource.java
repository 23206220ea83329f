package dev.onbehalf.pool;

import java.util.List;

/** Whose statistics can be read, at any time and from any thread. */
public interface PoolStatisticsSource {

  /** A consistent snapshot over all users. */
  PoolStatistics statistics();

  /** A consistent snapshot of each user. */
  List<UserPoolStatistics> statisticsByUser();

  /**
   * Who holds what and who waits for what: consistent, and bounded however many users there are.
   */
  PoolSnapshot snapshot();
}
