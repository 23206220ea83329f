package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out what a page of some site makes its reader's browser send, who has this machine's
 * loopback before them. A browser tells where such a request is from in the header Origin, with
 * every method but GET and HEAD; and a form can't have JSON's content type, which a script may send
 * to another site only if that site allows it, and this one never does.
 */
final class PagesOfSites {
  private PagesOfSites() {}

  static void refuse(Request request) throws WorkspaceException {
    if (request.header("Origin") != null) {
      throw WorkspaceException.denied("This is not for browsers: the header Origin is refused.");
    }
  }

  /** The body, of a request that says that it is JSON. */
  static JsonObject json(Request request) throws WorkspaceException {
    String type = request.header("Content-Type");
    if (!isJson(type)) {
      throw new WorkspaceException(
          415, "UNSUPPORTED_MEDIA_TYPE", "The header Content-Type must be application/json.");
    }
    return request.json();
  }

  private static boolean isJson(@Nullable String type) {
    return type != null
        && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
  }
}
