package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.workload.Database.Login;
import dev.onbehalf.pool.PoolStatistics;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Every user gets another password in the middle of a run, as when all tokens rotate.
 *
 * @param result the run
 * @param closed connections that the pool closed from just before the rotation to the end of the
 *     run, other than to make room for others or because nobody used them
 */
record Rotation(Result result, long closed) {

  static Rotation measure(Database database, Duration counted)
      throws IOException, SQLException, InterruptedException {
    Duration warmUp = Duration.ofSeconds(3); // 40 logins with SCRAM
    Workload workload = Workload.warm(40, 50, 16).login(Login.SCRAM);
    database.require(workload.login(), workload.rowSecurity());
    try (PeerKind.Onbehalf peer = new PeerKind.Onbehalf(database, workload.budget())) {
      long[] before = new long[1];
      Thread rotation =
          new Thread(
              () -> {
                try {
                  TimeUnit.MILLISECONDS.sleep(warmUp.plus(counted.dividedBy(2)).toMillis());
                  before[0] = evicted(peer);
                  database.changePasswords("second");
                } catch (InterruptedException | SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              "rotation");
      rotation.start();
      List<Client> clients = workload.clients().apply(Benchmarks.SEED);
      Result result = Run.of(database, peer, clients, warmUp, counted);
      rotation.join();
      return new Rotation(result, evicted(peer) - before[0]);
    }
  }

  private static long evicted(PeerKind.Onbehalf peer) {
    PoolStatistics.Evictions evictions = peer.manager.statistics().evicted();
    return evictions.total() - evictions.budget() - evictions.idle();
  }
}
