package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Says at which host the database of an endpoint is. */
final class ComputeEndpoint implements Endpoint {
  static final Pattern PATH =
      Pattern.compile("/api/2\\.0/postgres/projects/[^/]+/branches/[^/]+/endpoints/[^/]+");

  private static final String PREFIX = "/api/2.0/postgres/";
  private static final String HOST = "localhost";

  private final BearerAuthentication authentication;
  private final Routes.Resources resources;

  ComputeEndpoint(BearerAuthentication authentication, Routes.Resources resources) {
    this.authentication = authentication;
    this.resources = resources;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    authentication.identify(request, TokenScopes.POSTGRES);
    String name = request.path().substring(PREFIX.length());
    String endpoint = resources.endpoint();
    if (!name.equals(endpoint)) {
      throw WorkspaceException.missing(
          "There is no endpoint \"" + name + "\"; the one here is \"" + endpoint + "\".");
    }
    String id = endpoint.substring(endpoint.lastIndexOf('/') + 1);
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("endpoint_id", id);
    status.put("endpoint_type", "ENDPOINT_TYPE_READ_WRITE");
    status.put("current_state", "ACTIVE");
    status.put("disabled", false);
    status.put("hosts", Map.of("host", HOST));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", endpoint);
    answer.put("parent", resources.branch());
    answer.put("endpoint_id", id);
    answer.put("status", status);
    return Answer.ok(answer);
  }
}
