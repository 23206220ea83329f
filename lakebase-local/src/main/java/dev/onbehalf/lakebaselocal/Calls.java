package dev.onbehalf.lakebaselocal;

import java.util.Map;

/**
 * Counts what was asked of the workspace, so that a test can say what something costs.
 *
 * <pre>{@code
 * lakebase.calls().reset();
 * dataSource.getConnection().close();
 * assertThat(lakebase.calls().to("/api/2.0/postgres/credentials")).isEqualTo(1);
 * }</pre>
 *
 * A request is counted when its head has been read, whatever the answer will be; the path counts as
 * it was sent, without the query. Thread-safe.
 */
public interface Calls {

  /** Requests for this path since the start or the last {@link #reset()}. */
  int to(String path);

  /** All requests since the start or the last {@link #reset()}. */
  int total();

  /** Requests by path: a copy, sorted. */
  Map<String, Integer> byPath();

  /** Starts counting anew. */
  void reset();
}
