package dev.onbehalf.lakebaselocal;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** A Lakebase on a laptop, for development and tests. */
@SuppressWarnings("DoNotCallSuggester") // the first cut: the names stand, the inside comes next
public final class LakebaseLocal implements AutoCloseable {

  public static Builder builder() {
    return new Builder();
  }

  /** What an app needs to find this Lakebase: the platform's own variables. */
  public Map<String, String> environment() {
    throw new UnsupportedOperationException();
  }

  /** The name of the service principal: its role and its client id. */
  public String servicePrincipal() {
    throw new UnsupportedOperationException();
  }

  /** People who have a role. */
  public List<String> users() {
    throw new UnsupportedOperationException();
  }

  /** People known to the workspace who have no role at the start. */
  public List<String> peopleWithoutRole() {
    throw new UnsupportedOperationException();
  }

  /** A person's access token, as the proxy forwards it; a lifetime of zero or less: expired. */
  public String accessToken(String user, Duration lifetime) {
    throw new UnsupportedOperationException();
  }

  /** A database credential without asking the workspace, for a person or the service principal. */
  public String databaseCredential(String identity, Duration lifetime) {
    throw new UnsupportedOperationException();
  }

  /** {@code jdbc:postgresql://...} with verified TLS; user and password are not in it. */
  public String jdbcUrl() {
    throw new UnsupportedOperationException();
  }

  /** The database as its superuser, for a test's own hands; unpooled. */
  public DataSource superuser() {
    throw new UnsupportedOperationException();
  }

  public Faults faults() {
    throw new UnsupportedOperationException();
  }

  public Calls calls() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  /** What a Lakebase is started with. */
  public static final class Builder {
    private final List<String> users = new ArrayList<>();
    private final List<String> peopleWithoutRole = new ArrayList<>();

    Builder() {}

    /** A person with a role; can be repeated. */
    public Builder user(String email) {
      users.add(email);
      return this;
    }

    /** A person who gets tokens but has no role; can be repeated. */
    public Builder personWithoutRole(String email) {
      peopleWithoutRole.add(email);
      return this;
    }

    /** A native PostgreSQL role with a password, member of the service principal's role. */
    public Builder passwordRole(String name, String password) {
      return this;
    }

    /** The database's name; by default {@code databricks_postgres}. */
    public Builder database(String name) {
      return this;
    }

    /** PostgreSQL's {@code max_connections}; 100 by default. */
    public Builder maxConnections(int maxConnections) {
      return this;
    }

    /** Decides when tokens are issued and expire; the system's clock by default. */
    public Builder clock(Clock clock) {
      return this;
    }

    public LakebaseLocal start() {
      return new LakebaseLocal();
    }
  }
}
