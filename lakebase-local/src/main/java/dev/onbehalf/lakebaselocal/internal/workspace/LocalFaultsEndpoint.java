package dev.onbehalf.lakebaselocal.internal.workspace;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Faults that are ordered and cancelled while it runs. */
final class LocalFaultsEndpoint {
  static final String PATH = "/local/faults";
  static final Pattern FAULT_PATH = Pattern.compile("/local/faults/[^/]+");
  private static final long MAX_MILLIS = Duration.ofHours(1).toMillis();

  private final FaultDesk faults;

  LocalFaultsEndpoint(FaultDesk faults) {
    this.faults = faults;
  }

  Answer list(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    return Answer.ok(Map.of("faults", faults.inForce().stream().map(FaultKind::label).toList()));
  }

  Answer order(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    JsonObject body = PagesOfSites.json(request);
    FaultKind kind = kind(body.string("fault"));
    int cut = order(new FaultOrder(kind, time(body), status(body), sqlState(body), message(body)));
    return kind == FaultKind.CUT_CONNECTIONS
        ? Answer.ok(Map.of("fault", kind.label(), "connections", cut))
        : Answer.ok(Map.of("fault", kind.label()));
  }

  private int order(FaultOrder order) throws WorkspaceException {
    try {
      return faults.order(order);
    } catch (IllegalArgumentException e) {
      throw WorkspaceException.invalid(e.getMessage() + ".");
    } catch (UncheckedIOException e) {
      throw WorkspaceException.unavailable(e);
    }
  }

  private static Duration time(JsonObject body) throws WorkspaceException {
    return Duration.ofMillis(body.integer("millis", 0, MAX_MILLIS, 1_000));
  }

  private static int status(JsonObject body) throws WorkspaceException {
    return (int) body.integer("status", 400, 599, 503);
  }

  private static String sqlState(JsonObject body) throws WorkspaceException {
    return body.has("sqlState") ? body.string("sqlState") : "53300";
  }

  private static String message(JsonObject body) throws WorkspaceException {
    return body.has("message") ? body.string("message") : "sorry, too many clients already";
  }

  Answer cancel(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    FaultKind kind = kind(request.path().substring(PATH.length() + 1));
    if (!faults.cancel(kind)) {
      throw WorkspaceException.missing("The fault \"" + kind.label() + "\" is not in force.");
    }
    return Answer.ok(Map.of("cancelled", kind.label()));
  }

  Answer clear(Request request) throws WorkspaceException {
    PagesOfSites.refuse(request);
    try {
      faults.clear();
    } catch (UncheckedIOException e) {
      throw WorkspaceException.unavailable(e);
    }
    return Answer.ok(Map.of("faults", faults.inForce()));
  }

  private static FaultKind kind(String name) throws WorkspaceException {
    for (FaultKind kind : FaultKind.values()) {
      if (kind.label().equals(name)) {
        return kind;
      }
    }
    String all =
        Arrays.stream(FaultKind.values()).map(FaultKind::label).collect(Collectors.joining(", "));
    throw WorkspaceException.invalid("There is no fault \"" + name + "\"; there are " + all + ".");
  }
}
