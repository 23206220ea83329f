package dev.onbehalf.spring.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * What an application may set, besides the platform's own variables ({@code PGHOST}, {@code
 * DATABRICKS_HOST}, ...).
 *
 * @param allowInsecureTls Whether PGSSLMODE is taken at its word where it is weaker than
 *     verify-full, and DATABRICKS_HOST may be http://, for hosts that are not loopback. Whoever
 *     sits between can then read tokens.
 * @param credentials What people log in to the database with. Unset, Lakebase's, where its module
 *     is on the class path.
 * @param group Role through which people hold their rights. Refusals name it in the GRANT that they
 *     ask for.
 */
@ConfigurationProperties("onbehalf")
public record OnBehalfProperties(
    @DefaultValue("false") boolean allowInsecureTls,
    @Nullable Credentials credentials,
    @DefaultValue TokenExchange tokenExchange,
    @DefaultValue RdsIam rdsIam,
    @Nullable String group,
    @DefaultValue Pool pool,
    @DefaultValue ReadOnly readOnly,
    @DefaultValue Fleet fleet,
    @DefaultValue Postgres postgres,
    @DefaultValue Workspace workspace,
    @DefaultValue Identity identity,
    @DefaultValue Headers headers,
    @DefaultValue Development development,
    @DefaultValue Security security,
    @DefaultValue Problems problems,
    @DefaultValue RowSecurity rowSecurity,
    @DefaultValue Actuator actuator,
    @DefaultValue Dashboard dashboard,
    @DefaultValue Audit audit,
    @DefaultValue Tracing tracing) {

  public OnBehalfProperties {
    group = StringUtils.hasText(group) ? group : null;
  }

  /** As one writes it in a file of properties. */
  static String spelt(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What people log in to the database with. */
  public enum Credentials {
    /** What the Databricks workspace exchanges their access token for. */
    LAKEBASE,
    /** Their access token itself. */
    ACCESS_TOKEN,
    /** What the issuer of tokens exchanges their access token for. */
    TOKEN_EXCHANGE,
    /** What the application signs for their role, at Amazon RDS and Aurora. */
    RDS_IAM,
    /** What the application's bean of type PersonCredentials says. */
    BEAN
  }

  /**
   * How tokens are exchanged, where that is what people log in with. The application logs in with a
   * token of its own from there, unless PGPASSWORD is set; where people log in with their access
   * token, too, if its client is set.
   *
   * @param issuer Issuer whose metadata name the token endpoint.
   * @param tokenUri Token endpoint, where the metadata don't name it.
   * @param clientId The application's client at the issuer.
   * @param clientSecret That client's secret.
   * @param audiences Whom the exchanged token is to be for.
   * @param scopes What the exchanged token is to be good for.
   * @param form How it is asked for.
   */
  public record TokenExchange(
      @Nullable String issuer,
      @Nullable URI tokenUri,
      @Nullable String clientId,
      @Nullable String clientSecret,
      @DefaultValue Set<String> audiences,
      @DefaultValue Set<String> scopes,
      @DefaultValue("rfc8693") Form form) {

    /** How a token is exchanged. */
    public enum Form {
      /** RFC 8693. */
      RFC8693,
      /** Microsoft Entra's on-behalf-of flow. */
      ON_BEHALF_OF
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "TokenExchange[issuer=%s, tokenUri=%s, clientId=%s]"
          .formatted(issuer, tokenUri, clientId);
    }
  }

  /**
   * Logins to Amazon RDS and Aurora.
   *
   * @param region Region of the database, such as eu-west-1.
   */
  public record RdsIam(@Nullable String region) {}

  /**
   * How many connections, for how long, and for whom.
   *
   * @param maxConnections Connections over all users that this process may hold.
   * @param maxConnectionsPerUser Connections that one user may hold.
   * @param maxWaitersPerUser Requests of one person that may wait for a connection at once. One
   *     more is answered 503 without waiting.
   * @param servicePrincipalMaxConnections Connections that the service principal may hold.
   * @param connectionTimeout How long a caller waits for a connection, or for the issuer.
   * @param idleTimeout How long an unused connection is kept; about a quarter of connection-timeout
   *     at most while the server is full.
   * @param maxLifetime How old a connection may become.
   * @param leakDetectionThreshold How long a connection may be in use before that is reported; zero
   *     for never.
   * @param socketTimeout How long a statement waits for the database's next answer before its
   *     connection is closed; zero for ever.
   * @param prewarm Whether a person who has just been proved gets a login begun before the handler
   *     asks for a connection, where a place is free.
   * @param discardAllOnReturn Whether each use of a connection ends with DISCARD ALL, for a round
   *     trip, so that nothing of its session is left to the same user's next one.
   * @param allowRlsBypass Whether people may log in whom Row-Level Security does not hold back.
   * @param rlsCheckMaxAge How old may be what is known of the roles that Row-Level Security holds;
   *     zero to ask at each login, for a round trip.
   * @param tableOwners Roles that own the tables besides the service principal. Nobody may be a
   *     member of one.
   */
  public record Pool(
      @DefaultValue("50") int maxConnections,
      @DefaultValue("3") int maxConnectionsPerUser,
      @DefaultValue("50") int maxWaitersPerUser,
      @DefaultValue("10") int servicePrincipalMaxConnections,
      @DefaultValue("10s") Duration connectionTimeout,
      @DefaultValue("30s") Duration idleTimeout,
      @DefaultValue("30m") Duration maxLifetime,
      @DefaultValue("0s") Duration leakDetectionThreshold,
      @DefaultValue("0s") Duration socketTimeout,
      @DefaultValue("false") boolean prewarm,
      @DefaultValue("false") boolean discardAllOnReturn,
      @DefaultValue("false") boolean allowRlsBypass,
      @DefaultValue("5s") Duration rlsCheckMaxAge,
      @DefaultValue List<String> tableOwners) {}

  /**
   * Where transactions run that only read.
   *
   * @param host Host of a replica of the database. Unset, PGHOST_READ_ONLY; without that,
   *     transactions that only read run where the others do.
   * @param port Port of the replica. Unset, PGPORT_READ_ONLY, and PGPORT without that.
   * @param maxConnections Connections to it over all users that this process may hold, besides
   *     those to the database.
   */
  public record ReadOnly(
      @Nullable String host, @Nullable Integer port, @DefaultValue("50") int maxConnections) {}

  /**
   * The instances of this application that share the database.
   *
   * @param enabled Whether this is one of several instances: a sign-out reaches all, and all
   *     together hold no more than their number of connections.
   * @param maxConnections Connections that all instances together may hold, in the place of
   *     onbehalf.pool.max-connections; the same for each.
   */
  public record Fleet(@DefaultValue("false") boolean enabled, @Nullable Integer maxConnections) {}

  /**
   * What sessions with the database begin with, besides PGOPTIONS.
   *
   * @param statementTimeout How long a person's statement may run (SQLState 57014); zero for what
   *     the server says. The service principal's have what PGOPTIONS says.
   * @param lockTimeout How long a person's statement waits for a lock (SQLState 55P03); zero for
   *     what the server says.
   * @param idleInTransactionTimeout How long a person's transaction may do nothing before the
   *     server ends its session (SQLState 25P03); zero for what the server says.
   * @param properties Properties of the PostgreSQL driver, by its names: stringtype,
   *     reWriteBatchedInserts, autosave and others. Refused are those that would have somebody else
   *     log in, weaken TLS, or have a setting of their own.
   */
  public record Postgres(
      @DefaultValue("0s") Duration statementTimeout,
      @DefaultValue("0s") Duration lockTimeout,
      @DefaultValue("0s") Duration idleInTransactionTimeout,
      @DefaultValue Map<String, String> properties) {}

  /**
   * The way to the workspace.
   *
   * @param proxyHost HTTP proxy on the way to the workspace. Unset, the JVM's: https.proxyHost,
   *     https.proxyPort and http.nonProxyHosts.
   * @param proxyPort Port of that proxy.
   */
  public record Workspace(@Nullable String proxyHost, @DefaultValue("8080") int proxyPort) {}

  /**
   * Who proves whose a token is, and which requests need no proof.
   *
   * @param verifier Who proves whose a token is.
   * @param role What a person's role is called.
   * @param trustedProxies Addresses that the verifier trusted-proxy believes, as CIDRs.
   * @param exemptPaths Path patterns of requests that need no identity and get nobody's rights.
   * @param checkCallbacks Whether a query in a callback of a CompletableFuture without an executor,
   *     which another person's request may be running, is refused. On in tests with WithUser or
   *     OnLakebaseLocal, unless set.
   */
  public record Identity(
      @DefaultValue("workspace") Verifier verifier,
      @DefaultValue Role role,
      @DefaultValue Jwt jwt,
      @DefaultValue Userinfo userinfo,
      @DefaultValue List<String> trustedProxies,
      @DefaultValue List<String> exemptPaths,
      @DefaultValue("false") boolean checkCallbacks) {}

  /**
   * What a person's role is called, where it is not their address. Two people whose names make one
   * role are both refused.
   *
   * @param claim Claim that names the role, in place of the address; one that people can't set
   *     themselves. For the verifiers jwt and userinfo.
   * @param lowerCase Whether the role is in lower case.
   * @param stripDomain Domain that is left away, such as example.com; people of others are refused.
   */
  public record Role(
      @Nullable String claim,
      @DefaultValue("false") boolean lowerCase,
      @Nullable String stripDomain) {
    boolean isSet() {
      return lowerCase || StringUtils.hasText(claim) || StringUtils.hasText(stripDomain);
    }
  }

  /** Who proves whose a token is. */
  public enum Verifier {
    /** Asks the workspace. */
    WORKSPACE,
    /** Checks the token's signature, issuer, audience and times, offline. */
    JWT,
    /** Asks the userinfo endpoint of the tokens' issuer. */
    USERINFO,
    /** Proves nothing: believes requests from the trusted proxies. */
    TRUSTED_PROXY
  }

  /**
   * What the verifier jwt verifies with.
   *
   * @param issuer The iss that tokens must have, to the letter.
   * @param jwksUri Where the issuer's keys are; found by OpenID discovery when it is not set.
   * @param audiences The aud of which tokens must have one.
   * @param authorizedParties Whom tokens may have been issued to (azp), such as the proxy's client;
   *     one of the audiences when none is set.
   * @param addressClaim Claim that holds the person's address.
   */
  public record Jwt(
      @Nullable String issuer,
      @Nullable URI jwksUri,
      @DefaultValue Set<String> audiences,
      @DefaultValue Set<String> authorizedParties,
      @DefaultValue("email") String addressClaim) {}

  /**
   * Whom the verifier userinfo asks.
   *
   * @param issuer Issuer whose metadata name the endpoint.
   * @param addressClaim Claim that holds the person's address.
   */
  public record Userinfo(@Nullable String issuer, @DefaultValue("email") String addressClaim) {}

  /**
   * The headers in which the proxy forwards who the person is.
   *
   * @param address Header that holds the person's address.
   * @param accessToken Header that holds the person's OAuth access token.
   */
  public record Headers(
      @DefaultValue("X-Forwarded-Email") String address,
      @DefaultValue("X-Forwarded-Access-Token") String accessToken) {}

  /**
   * Who works on this machine, where no proxy says so. The application does not start with it
   * elsewhere.
   *
   * @param enabled Whether this is a developer's machine. DevTools on the class path say so too,
   *     unless this is false.
   * @param checkRowSecurity Whether a warning says, once for each table, that a person's query
   *     names one without Row-Level Security, or with it and without a policy. On on a developer's
   *     machine, unless set; never elsewhere.
   * @param user Address of whom requests from this machine without an identity are from. Their
   *     token is found by the Databricks SDK, and proved like any.
   * @param profile Profile of .databrickscfg that is theirs; the SDK's choice when it is not set.
   * @param authType How they sign in, by the SDK's name: pat, databricks-cli, azure-cli and others;
   *     the SDK's choice when it is not set.
   */
  public record Development(
      @Nullable Boolean enabled,
      @DefaultValue("true") boolean checkRowSecurity,
      @Nullable String user,
      @Nullable String profile,
      @Nullable String authType) {}

  /**
   * What Spring Security knows of people besides their name.
   *
   * @param authorities Where people's authorities come from, unless a bean
   *     AuthenticationUserDetailsService gives them.
   */
  public record Security(@DefaultValue("none") Authorities authorities) {}

  /** Where people's authorities come from. */
  public enum Authorities {
    /** People have none. */
    NONE,
    /** The roles of the database whose rights they have. */
    ROLES
  }

  /**
   * The answers to what is refused.
   *
   * @param enabled Whether failures of queries that Onbehalf can explain are answered with problem
   *     details. What the filter refuses always is.
   */
  public record Problems(@DefaultValue("true") boolean enabled) {}

  /**
   * Whether Row-Level Security holds for the members of the group, where the artifact
   * onbehalf-row-security is there.
   *
   * @param check What comes of a look at Row-Level Security after the start, for the members of
   *     onbehalf.group: warn (a summary in the log), fail (the application ends where somebody can
   *     see or change what is not theirs), off. Unset: warn on a developer's machine, off
   *     elsewhere.
   * @param schemas Schemas that are looked at; all of them when none is set.
   */
  public record RowSecurity(@Nullable Check check, @DefaultValue List<String> schemas) {
    /** What comes of a look at it. */
    public enum Check {
      /** A summary in the log. */
      WARN,
      /** The application ends where somebody can see or change what is not theirs. */
      FAIL,
      /** Nobody looks. */
      OFF
    }
  }

  /**
   * What the Actuator shows.
   *
   * @param maskAddresses Whether /actuator/onbehalf shows a***@example.com for people's addresses.
   */
  public record Actuator(@DefaultValue("true") boolean maskAddresses) {}

  /**
   * The picture of the pool.
   *
   * @param enabled Whether there is a page, /actuator/onbehalfdashboard, that shows live who holds
   *     the budget's connections and who waits. It has to be exposed as well.
   */
  public record Dashboard(@DefaultValue("false") boolean enabled) {}

  /**
   * Who had which connection.
   *
   * @param enabled Whether each lease of a connection is told when it has ended: for whom, as which
   *     role, from when to when, in which request. To the logger dev.onbehalf.audit, unless a bean
   *     LeaseAudit takes it.
   */
  public record Audit(@DefaultValue("false") boolean enabled) {}

  /**
   * What spans say of people.
   *
   * @param hashKey By which the attribute user.hash is made, 16 characters or more, a secret: the
   *     same in all instances, to find a person's traces in each. Unset, every start makes one of
   *     its own.
   */
  public record Tracing(@Nullable String hashKey) {
    @Override
    public String toString() {
      return "Tracing[hashKey=%s]".formatted(hashKey == null ? null : "***");
    }
  }
}
