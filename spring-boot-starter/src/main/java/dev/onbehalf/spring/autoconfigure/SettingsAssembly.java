package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.JwtIdentityVerifier;
import dev.onbehalf.identity.RoleNames;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.TrustedProxyVerifier;
import dev.onbehalf.identity.UserinfoIdentityVerifier;
import dev.onbehalf.pool.LeaseListener;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.spring.ExemptPathPatterns;
import dev.onbehalf.spring.PersonHash;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;
import org.springframework.util.StringUtils;

/** Puts the settings together, and tells every mistake in them at once. */
final class SettingsAssembly {
  /** Jobs may do without. */
  private static final String PATTERNS = "org.springframework.web.util.pattern.PathPatternParser";

  /** RFC 9110, 5.6.2, "Tokens": what the name of a header may be. */
  private static final Pattern HEADER_NAME = Pattern.compile("[\\w!#$%&'*+.^`|~-]+");

  private static final String DRIVER = "driverProperties.";

  private final OnBehalfProperties properties;
  private final @Nullable ForwardedSenders senders;
  private final List<PlatformVariables> platforms = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private @Nullable RoleNames ownNames;
  private LeaseListener listener = LeaseListener.NOBODY;

  /**
   * @param senders null where no requests come, as in jobs
   */
  SettingsAssembly(OnBehalfProperties properties, @Nullable ForwardedSenders senders) {
    this.properties = properties;
    this.senders = senders;
  }

  /** Tells the mistakes in what {@code platforms} read, too. */
  SettingsAssembly checking(Stream<PlatformVariables> more) {
    more.forEach(platforms::add);
    return this;
  }

  /** What people's roles are called by the application's own word; null to ask the properties. */
  SettingsAssembly naming(@Nullable RoleNames names) {
    ownNames = names;
    return this;
  }

  /** Who hears of leases; null for nobody. */
  SettingsAssembly telling(@Nullable LeaseListener value) {
    listener = value == null ? LeaseListener.NOBODY : value;
    return this;
  }

  /**
   * @param verifier the application's own, null to take the one that the properties name
   * @throws InvalidSettingsException naming every mistake
   */
  DatabaseSettings build(
      Map<String, String> variables, @Nullable IdentityVerifier verifier, Observer observer) {
    OnBehalfProperties.Pool pool = properties.pool();
    DatabaseSettings.Builder builder =
        DatabaseSettings.builder()
            .environment(variables)
            .readOnlyMaxConnections(properties.readOnly().maxConnections())
            .allowInsecureTls(properties.allowInsecureTls())
            .maxConnections(pool.maxConnections())
            .maxConnectionsPerUser(pool.maxConnectionsPerUser())
            .maxWaitersPerUser(pool.maxWaitersPerUser())
            .servicePrincipalMaxConnections(pool.servicePrincipalMaxConnections())
            .connectionTimeout(pool.connectionTimeout())
            .idleTimeout(pool.idleTimeout())
            .maxLifetime(pool.maxLifetime())
            .leakDetectionThreshold(pool.leakDetectionThreshold())
            .socketTimeout(pool.socketTimeout())
            .prewarm(pool.prewarm())
            .discardAllOnReturn(pool.discardAllOnReturn())
            .allowRlsBypass(pool.allowRlsBypass())
            .rlsCheckMaxAge(pool.rlsCheckMaxAge())
            .tableOwners(pool.tableOwners())
            .observer(observer)
            .leaseListener(listener);
    addReadOnlyHost(builder);
    addSessions(builder);
    addFleet(builder);
    checkHeaders(properties.headers());
    String group = properties.group();
    if (group != null) {
      checked("onbehalf.group", () -> RoleSetup.ofGroup(group));
    }
    checked("onbehalf.tracing.hash-key", () -> new PersonHash(properties.tracing().hashKey()));
    if (ClassUtils.isPresent(PATTERNS, SettingsAssembly.class.getClassLoader())) {
      checked(
          "onbehalf.identity.exempt-paths",
          () -> new ExemptPathPatterns(properties.identity().exemptPaths()));
    }
    IdentityVerifier chosen = verifier != null ? verifier : verifier();
    if (verifier == null && asksMissingWorkspace()) {
      problems.add(
          "onbehalf.identity.verifier is workspace, which only Lakebase has. Example: onbehalf.identity.verifier=jwt, or userinfo");
    }
    if (chosen != null) {
      builder.identityVerifier(chosen);
    }
    addRoleNames(builder, ownNames, verifier);
    if (senders != null && believesProxy(verifier)) {
      problems.addAll(senders.problems());
    }
    DatabaseSettings settings = check(builder::build);
    for (PlatformVariables platform : platforms) {
      check(
          () -> {
            platform.check(variables);
            return platform;
          });
    }
    if (settings == null || !problems.isEmpty()) {
      throw new InvalidSettingsException(problems.stream().distinct().toList());
    }
    return settings;
  }

  private void addRoleNames(
      DatabaseSettings.Builder builder,
      @Nullable RoleNames own,
      @Nullable IdentityVerifier prover) {
    OnBehalfProperties.Role role = properties.identity().role();
    RoleNames names = own;
    if (role.isSet()) {
      checkRole(role, own, prover);
      names = checked("onbehalf.identity.role", () -> named(role));
    }
    if (names != null) {
      builder.roleNames(names);
    }
  }

  private static RoleNames named(OnBehalfProperties.Role role) {
    String claim = role.claim();
    String domain = role.stripDomain();
    RoleNames names = StringUtils.hasText(claim) ? RoleNames.ofClaim(claim) : RoleNames.ofAddress();
    if (role.lowerCase()) {
      names = names.inLowerCase();
      domain = domain == null ? null : domain.toLowerCase(Locale.ROOT);
    }
    return StringUtils.hasText(domain) ? names.withoutDomain(domain) : names;
  }

  private void checkRole(
      OnBehalfProperties.Role role, @Nullable RoleNames own, @Nullable IdentityVerifier prover) {
    if (own != null) {
      problems.add(
          "onbehalf.identity.role is set, and there is a bean of type RoleNames: one of them has to go");
    }
    if (StringUtils.hasText(role.claim()) && prover == null && !tellsClaims()) {
      problems.add(
          "onbehalf.identity.role.claim is set, and the verifier %s tells no claims. Example: onbehalf.identity.verifier=jwt"
              .formatted(OnBehalfProperties.spelt(properties.identity().verifier())));
    }
    if (role.lowerCase() && believesProxy(prover)) {
      problems.add(
          "onbehalf.identity.role.lower-case is true, and the verifier trusted-proxy knows a person by the spelling of their address alone: let the proxy send small letters");
    }
  }

  private boolean tellsClaims() {
    return switch (properties.identity().verifier()) {
      case JWT, USERINFO -> true;
      case WORKSPACE, TRUSTED_PROXY -> false;
    };
  }

  private void addReadOnlyHost(DatabaseSettings.Builder builder) {
    OnBehalfProperties.ReadOnly readOnly = properties.readOnly();
    if (readOnly.host() != null) {
      builder.variable("PGHOST_READ_ONLY", readOnly.host());
    }
    if (readOnly.port() != null) {
      builder.variable("PGPORT_READ_ONLY", readOnly.port().toString());
    }
  }

  private void addSessions(DatabaseSettings.Builder builder) {
    OnBehalfProperties.Postgres postgres = properties.postgres();
    builder
        .statementTimeout(postgres.statementTimeout())
        .lockTimeout(postgres.lockTimeout())
        .idleInTransactionTimeout(postgres.idleInTransactionTimeout());
    postgres.properties().forEach(builder::driverProperty);
  }

  private void addFleet(DatabaseSettings.Builder builder) {
    Integer connections = properties.fleet().maxConnections();
    if (!properties.fleet().enabled()) {
      return;
    }
    if (connections == null) {
      problems.add(
          "onbehalf.fleet.max-connections is not set, and onbehalf.fleet.enabled needs it. Example: onbehalf.fleet.max-connections=90");
    } else if (connections < 1) { // zero would mean that there is none
      problems.add(
          "onbehalf.fleet.max-connections is %s, and must be positive. Example: onbehalf.fleet.max-connections=90"
              .formatted(connections));
    } else {
      builder.fleetMaxConnections(connections);
    }
  }

  private <T> @Nullable T check(Supplier<T> settings) {
    try {
      return settings.get();
    } catch (InvalidSettingsException e) {
      e.problems().stream().map(SettingsAssembly::withPropertyName).forEach(problems::add);
      return null;
    }
  }

  private void checkHeaders(OnBehalfProperties.Headers headers) {
    checkHeader("address", headers.address());
    checkHeader("access-token", headers.accessToken());
    if (headers.address().equalsIgnoreCase(headers.accessToken())) {
      problems.add(
          "onbehalf.headers.address and onbehalf.headers.access-token are the same header, %s."
              .formatted(headers.address()));
    }
  }

  private void checkHeader(String name, String value) {
    if (!HEADER_NAME.matcher(value).matches()) {
      problems.add(
          "onbehalf.headers.%s is \"%s\", which no header is called. Example: onbehalf.headers.%s=X-Forwarded-%s"
              .formatted(name, value, name, name.equals("address") ? "Email" : "Access-Token"));
    }
  }

  private boolean believesProxy(@Nullable IdentityVerifier own) {
    return own == null
        ? properties.identity().verifier() == OnBehalfProperties.Verifier.TRUSTED_PROXY
        : own instanceof TrustedProxyVerifier;
  }

  private boolean asksMissingWorkspace() {
    OnBehalfProperties.Credentials credentials = properties.credentials();
    return properties.identity().verifier() == OnBehalfProperties.Verifier.WORKSPACE
        && credentials != null
        && credentials != OnBehalfProperties.Credentials.LAKEBASE;
  }

  /** Null for the platform's own. */
  private @Nullable IdentityVerifier verifier() {
    OnBehalfProperties.Identity identity = properties.identity();
    return switch (identity.verifier()) {
      case WORKSPACE -> null;
      case JWT -> jwtVerifier(identity.jwt());
      case USERINFO -> userinfoVerifier(identity.userinfo());
      case TRUSTED_PROXY ->
          checked(
              "onbehalf.identity.trusted-proxies",
              () -> new TrustedProxyVerifier(identity.trustedProxies()));
    };
  }

  private @Nullable IdentityVerifier jwtVerifier(OnBehalfProperties.Jwt jwt) {
    String issuer = jwt.issuer();
    URI jwks = jwt.jwksUri();
    boolean noIssuer = missing(issuer, "jwt", "issuer", "https://login.example.com");
    boolean noAudience = missing(jwt.audiences(), "jwt", "audiences", "shop");
    if (issuer == null || noIssuer || noAudience) {
      return null;
    }
    return checked(
        "onbehalf.identity.jwt",
        () -> {
          JwtIdentityVerifier verifier =
              jwks == null || jwks.toString().isBlank()
                  ? new JwtIdentityVerifier(issuer, jwt.audiences(), jwt.addressClaim())
                  : new JwtIdentityVerifier(issuer, jwks, jwt.audiences(), jwt.addressClaim());
          return jwt.authorizedParties().isEmpty()
              ? verifier
              : verifier.withAuthorizedParties(jwt.authorizedParties());
        });
  }

  private @Nullable IdentityVerifier userinfoVerifier(OnBehalfProperties.Userinfo userinfo) {
    String issuer = userinfo.issuer();
    boolean noIssuer = missing(issuer, "userinfo", "issuer", "https://login.example.com");
    if (issuer == null || noIssuer) {
      return null;
    }
    return checked(
        "onbehalf.identity.userinfo",
        () -> new UserinfoIdentityVerifier(issuer, userinfo.addressClaim()));
  }

  private boolean missing(@Nullable Object value, String verifier, String name, String example) {
    boolean missing = ObjectUtils.isEmpty(value) || value.toString().isBlank();
    if (missing) {
      problems.add(
          "onbehalf.identity.%s.%s is not set, and the verifier %s needs it. Example: onbehalf.identity.%s.%s=%s"
              .formatted(verifier, name, verifier, verifier, name, example));
    }
    return missing;
  }

  private <T> @Nullable T checked(String setting, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      problems.add(setting + ": " + e.getMessage());
      return null;
    }
  }

  /** The sentence begins with a setting's name; here that is a property's. */
  private static String withPropertyName(String problem) {
    String name = problem.substring(0, Math.max(0, problem.indexOf(' ')));
    if (name.isEmpty() || !Character.isLowerCase(name.charAt(0)) || name.startsWith("onbehalf.")) {
      return problem;
    }
    return propertyName(name) + problem.substring(name.length());
  }

  private static String propertyName(String setting) {
    if (setting.startsWith(DRIVER)) {
      return "onbehalf.postgres.properties." + setting.substring(DRIVER.length());
    }
    return switch (setting) {
      case "statementTimeout", "lockTimeout", "idleInTransactionTimeout" ->
          "onbehalf.postgres." + DataObjectPropertyName.toDashedForm(setting);
      case "readOnlyMaxConnections" -> "onbehalf.read-only.max-connections";
      case "fleetMaxConnections" -> "onbehalf.fleet.max-connections";
      case "timeout" -> "onbehalf.pool.connection-timeout";
      case "workspaceProxyPort" -> "onbehalf.workspace.proxy-port";
      default -> "onbehalf.pool." + DataObjectPropertyName.toDashedForm(setting);
    };
  }
}
