package dev.onbehalf.lakebaselocal.internal.workspace;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** People who come and go while it runs. */
final class LocalPeopleEndpoint {
  static final String PATH = "/local/people";
  static final Pattern PERSON_PATH = Pattern.compile("/local/people/[^/]+");

  private final PeopleDesk people;

  LocalPeopleEndpoint(PeopleDesk people) {
    this.people = people;
  }

  Answer list(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    List<Object> all = new ArrayList<>();
    people.users().forEach(user -> all.add(Map.of("user", user, "role", true)));
    people.peopleWithoutRole().forEach(user -> all.add(Map.of("user", user, "role", false)));
    return Answer.ok(Map.of("people", all));
  }

  Answer add(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    JsonObject body = PagesOfSites.json(request);
    String user = body.string("user");
    boolean role = body.bool("role", true);
    try {
      if (role) {
        people.addUser(user);
      } else {
        people.addPersonWithoutRole(user);
      }
    } catch (IllegalArgumentException e) {
      throw WorkspaceException.invalid(e.getMessage() + ".");
    } catch (IllegalStateException e) {
      throw WorkspaceException.unavailable(e);
    }
    return new Answer(201, Map.of("user", user, "role", role), Map.of());
  }

  Answer remove(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    String user = decoded(request.path().substring(PATH.length() + 1));
    if (!people.remove(user)) {
      throw WorkspaceException.missing("Nobody here is called \"" + user + "\".");
    }
    return Answer.ok(Map.of("removed", user));
  }

  private static String decoded(String segment) throws WorkspaceException {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw WorkspaceException.malformed("The path is not percent-encoded as it should be.");
    }
  }
}
