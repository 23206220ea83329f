package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The program as people run it: {@code java -jar}, and nothing else on the class path. */
class ProgramIT {
  @Test
  void examines_a_database_and_says_what_it_found() throws Exception {
    try (TestServer.Database database =
        TestServer.get().database().run("GRANT TRUNCATE ON shop.orders TO order_users")) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-jar",
              Objects.requireNonNull(System.getProperty("program")),
              "--schema",
              "shop",
              "--as",
              "alice@example.com,group:order_users");
      builder.environment().put("PGHOST", "localhost");
      builder.environment().put("PGPORT", Integer.toString(TestServer.get().port()));
      builder.environment().put("PGDATABASE", database.name());
      builder.environment().put("PGUSER", "postgres");
      Process process = builder.redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(output).startsWith("error truncate-granted shop.orders\n").contains("1 error, ");
      assertThat(process.waitFor()).isEqualTo(1);
    }
  }
}
