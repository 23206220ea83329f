package dev.onbehalf.playground;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the service principal reaches the database. */
@RestController
class HealthController {
  private static final Logger log = LoggerFactory.getLogger(HealthController.class);
  private static final String SQL =
      "SELECT current_user, pg_catalog.current_database(),"
          + " pg_catalog.current_setting('server_version')";

  private final JdbcClient jdbc;
  private final boolean localSignIn;

  HealthController(
      @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal,
      Optional<LakebaseLocal> local) {
    this.jdbc = JdbcClient.create(servicePrincipal);
    this.localSignIn = local.isPresent();
  }

  @GetMapping("/api/lakebase-examples/raw/health")
  ResponseEntity<Map<String, Object>> health() {
    Map<String, Object> body = new LinkedHashMap<>();
    try {
      jdbc.sql(SQL)
          .query(
              row -> {
                body.put("status", "healthy");
                body.put("connected", true);
                body.put("currentUser", row.getString(1));
                body.put("database", row.getString(2));
                body.put("version", "PostgreSQL " + row.getString(3));
              });
    } catch (DataAccessException e) {
      log.warn(
          "The service principal does not reach the database: {}",
          e.getMostSpecificCause().getMessage());
      body.put("status", "unhealthy");
      body.put("connected", false);
    }
    body.put("localSignIn", localSignIn);
    boolean connected = Boolean.TRUE.equals(body.get("connected"));
    return ResponseEntity.status(connected ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .header("Cache-Control", "no-store")
        .body(body);
  }
}
