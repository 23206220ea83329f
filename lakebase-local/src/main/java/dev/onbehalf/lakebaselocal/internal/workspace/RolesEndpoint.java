package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates the role of an identity. The platform answers with a long-running operation, and clients
 * ask for it until it is done; here it always is.
 */
final class RolesEndpoint {
  static final Pattern CREATE_PATH =
      Pattern.compile("/api/2\\.0/postgres/(projects/[^/]+/branches/[^/]+)/roles");
  static final Pattern OPERATION_PATH =
      Pattern.compile(
          "/api/2\\.0/postgres/(projects/[^/]+/branches/[^/]+/roles/[^/]+/operations/[^/]+)");

  private static final Pattern ROLE_ID = Pattern.compile("[a-z]([a-z0-9-]{2,61}[a-z0-9])");

  private final BearerAuthentication authentication;
  private final Directory directory;
  private final RoleCreator roles;
  private final Clock clock;
  private final String branch;
  private final Map<String, Map<String, Object>> operations = new ConcurrentHashMap<>();

  RolesEndpoint(
      BearerAuthentication authentication,
      Directory directory,
      RoleCreator roles,
      Clock clock,
      String branch) {
    this.authentication = authentication;
    this.directory = directory;
    this.roles = roles;
    this.clock = clock;
    this.branch = branch;
  }

  Answer create(Request request) throws WorkspaceException {
    if (authentication.identify(request, TokenScopes.POSTGRES).type()
        != IdentityType.SERVICE_PRINCIPAL) {
      throw WorkspaceException.denied("Only the service principal may create roles.");
    }
    String parent = nameIn(CREATE_PATH, request);
    if (!parent.equals(branch)) {
      throw WorkspaceException.missing(
          "There is no branch \"" + parent + "\"; the one here is \"" + branch + "\".");
    }
    JsonObject spec = request.json().object("spec");
    String identity = spec.string("postgres_role");
    IdentityType type = type(spec);
    if (directory.find(identity).filter(known -> known.type() == type).isEmpty()) {
      throw WorkspaceException.missing(
          "The workspace knows no identity \"" + identity + "\" of the type " + type + ".");
    }
    String roleId = roleId(request);
    createInDatabase(identity, type);
    return Answer.ok(done(roleId, identity, type));
  }

  Answer operation(Request request) throws WorkspaceException {
    authentication.identify(request, TokenScopes.POSTGRES);
    Map<String, Object> operation = operations.get(nameIn(OPERATION_PATH, request));
    if (operation == null) {
      throw WorkspaceException.missing("There is no such operation.");
    }
    return Answer.ok(operation);
  }

  private static String nameIn(Pattern pattern, Request request) {
    Matcher match = pattern.matcher(request.path());
    if (!match.matches()) {
      throw new IllegalStateException("Routed by another pattern: " + request.path());
    }
    return match.group(1);
  }

  private static IdentityType type(JsonObject spec) throws WorkspaceException {
    String name = spec.string("identity_type");
    for (IdentityType type : IdentityType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw WorkspaceException.invalid(
        "The field \"identity_type\" must be USER or SERVICE_PRINCIPAL.");
  }

  private static String roleId(Request request) throws WorkspaceException {
    String roleId = request.queryParameters().get("role_id");
    if (roleId == null) {
      return "role-" + UUID.randomUUID();
    }
    if (!ROLE_ID.matcher(roleId).matches()) {
      throw WorkspaceException.invalid(
          "The parameter \"role_id\" must be 4 to 63 lower-case letters, digits and hyphens.");
    }
    return roleId;
  }

  private void createInDatabase(String identity, IdentityType type) throws WorkspaceException {
    try {
      roles.create(identity, type.name());
    } catch (SQLException e) {
      if ("42710".equals(e.getSQLState())) {
        throw new WorkspaceException(
            409, "ALREADY_EXISTS", "The role \"" + identity + "\" exists already.");
      }
      throw new WorkspaceException(
          503,
          "TEMPORARILY_UNAVAILABLE",
          "The database did not create the role: " + e.getMessage());
    }
  }

  private Map<String, Object> done(String roleId, String identity, IdentityType type) {
    String now = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
    String roleName = branch + "/roles/" + roleId;
    Map<String, Object> role = new LinkedHashMap<>();
    role.put("name", roleName);
    role.put("parent", branch);
    role.put("role_id", roleId);
    role.put("create_time", now);
    role.put("update_time", now);
    role.put(
        "status",
        Map.of(
            "role_id",
            roleId,
            "postgres_role",
            identity,
            "identity_type",
            type.name(),
            "auth_method",
            "LAKEBASE_OAUTH_V1"));
    String name = roleName + "/operations/" + UUID.randomUUID();
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("name", name);
    operation.put("done", true);
    operation.put("response", role);
    operations.put(name, operation);
    return operation;
  }
}
