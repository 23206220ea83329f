package dev.onbehalf.spring;

import dev.onbehalf.identity.OnBehalfDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;
import org.hibernate.service.UnknownUnwrapTypeException;

/**
 * Makes each person a tenant of Hibernate's: a session is that person's for as long as it lives,
 * what it leaves in the second-level and query caches is found by their sessions only, and the
 * schema tools, which have no person, use the service principal's connections.
 *
 * <p>The tenant is the person's role at one database; who is bound at another is nobody's. The
 * service principal's sessions see all tenants, and the caches neither take from them nor give to
 * them. Thread-safe.
 */
public final class UserTenancy
    implements MultiTenantConnectionProvider<String>, CurrentTenantIdentifierResolver<String> {
  private static final long serialVersionUID = 1L;

  /** No role is called so: PostgreSQL has no empty names, and none with NUL characters. */
  private static final String NOBODY = "";

  private static final String SERVICE_PRINCIPAL = "\0service principal";

  private final transient OnBehalfDatabase database;
  private final transient DataSource dataSource;
  private final transient DataSource servicePrincipal;

  /**
   * @param onBehalf whose people the tenants are
   * @param dataSource leads to whoever is bound
   */
  public UserTenancy(OnBehalf onBehalf, DataSource dataSource) {
    this.database = onBehalf.database();
    this.dataSource = dataSource;
    this.servicePrincipal = onBehalf.servicePrincipalDataSource();
  }

  /** The tenants of this thread's work, at each database where somebody is bound. */
  static Map<OnBehalfDatabase, String> everywhere() {
    Map<OnBehalfDatabase, String> tenants = new HashMap<>();
    for (Acting acting = Acting.current(); acting != null; acting = acting.elsewhere()) {
      OnBehalfDatabase database = acting.database();
      if (database != null) {
        tenants.putIfAbsent(database, at(database));
      }
    }
    return tenants;
  }

  static String at(OnBehalfDatabase database) {
    Acting acting = Acting.current().at(database);
    if (acting.servicePrincipal()) {
      return SERVICE_PRINCIPAL;
    }
    return acting.person() == null ? NOBODY : acting.person().user();
  }

  void requireOwner(Object owner) {
    requireOwner(owner, database);
  }

  /**
   * A session outlives the work that it was opened for when the application keeps it: in a field,
   * or on another thread. It is nobody else's even then.
   *
   * @throws IllegalStateException if the thread's work at {@code database} is not that of {@code
   *     owner}
   */
  static void requireOwner(Object owner, OnBehalfDatabase database) {
    if (!owner.equals(at(database))) {
      throw new IllegalStateException(
          "This Hibernate session was opened for %s, and this is the work of %s. Open one for it: use the EntityManager that Spring injects, and keep none for later."
              .formatted(named(owner), Acting.current().at(database)));
    }
  }

  private static Object named(Object tenant) {
    if (tenant.equals(SERVICE_PRINCIPAL)) {
      return "the service principal";
    }
    return tenant.equals(NOBODY) ? "nobody" : tenant;
  }

  @Override
  public String resolveCurrentTenantIdentifier() {
    return at(database);
  }

  @Override
  public boolean validateExistingCurrentSessions() {
    return true;
  }

  @Override
  public boolean isRoot(String tenant) {
    return tenant.equals(SERVICE_PRINCIPAL);
  }

  @Override
  public Connection getConnection(String tenant) throws SQLException {
    requireOwner(tenant);
    return dataSource.getConnection();
  }

  @Override
  public void releaseConnection(String tenant, Connection connection) throws SQLException {
    connection.close();
  }

  @Override
  public Connection getAnyConnection() throws SQLException {
    return servicePrincipal.getConnection();
  }

  @Override
  public void releaseAnyConnection(Connection connection) throws SQLException {
    connection.close();
  }

  @Override
  public boolean supportsAggressiveRelease() {
    return false;
  }

  @Override
  public boolean isUnwrappableAs(Class<?> type) {
    return type.isInstance(this) || type.isInstance(dataSource);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    if (type.isInstance(dataSource)) {
      return type.cast(dataSource);
    }
    throw new UnknownUnwrapTypeException(type);
  }
}
