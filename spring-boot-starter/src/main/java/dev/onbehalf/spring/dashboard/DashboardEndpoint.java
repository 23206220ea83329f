package dev.onbehalf.spring.dashboard;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Gives the page a name among the Actuator's endpoints, so that it is exposed like one, on the port
 * and below the path that those have, and so that what secures them ({@code EndpointRequest})
 * secures it. What it answers, {@link DashboardServlet} does, which stands in front of it: an
 * endpoint has no streams.
 */
@WebEndpoint(id = DashboardEndpoint.ID)
public final class DashboardEndpoint {
  public static final String ID = "onbehalfdashboard";

  /** An endpoint that can do nothing is none to the Actuator. */
  @ReadOperation
  public Map<String, String> page() {
    return Map.of("page", ID + "/index.html");
  }
}
