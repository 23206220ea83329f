package dev.onbehalf.pool.internal;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolOverrides;

/** To be filled. */
@SuppressWarnings("DoNotCallSuggester") // goes with the inside
public final class Engine {
  private Engine() {}

  public static Engine start(
      Settings settings, ConnectionFactory factory, CredentialProvider provider) {
    return new Engine();
  }

  public UserPool pool(String user) {
    throw unfinished(UserName.require(user));
  }

  public UserPool pool(String user, UserPoolOverrides overrides) {
    throw unfinished(UserName.require(user));
  }

  public boolean hasPool(String user) {
    return false;
  }

  public void closePool(String user) {}

  public void credentialRenewed(String user) {}

  public int size() {
    return 0;
  }

  public PoolStatistics statistics() {
    throw unfinished("statistics");
  }

  public void close() {}

  private static UnsupportedOperationException unfinished(String what) {
    return new UnsupportedOperationException(what);
  }
}
