package dev.onbehalf.spring;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.mock.web.MockHttpServletRequest;

/** One local Lakebase for all test classes of this JVM, which starts once. */
public final class SharedLakebase {
  public static final String ALICE = "alice@example.com";
  public static final String BOB = "bob@example.com";
  public static final String CAROL = "carol@example.com";

  private static final LakebaseLocal LOCAL =
      LakebaseLocal.builder().user(ALICE).user(BOB).personWithoutRole(CAROL).start();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(LOCAL::close));
  }

  private SharedLakebase() {}

  /** What is behind it. */
  public static Platform platform() {
    return Lakebase.of(LakebaseSettings.fromEnvironment(LOCAL.environment()));
  }

  public static LakebaseLocal get() {
    return LOCAL;
  }

  public static String token(String user) {
    return LOCAL.accessToken(user, Duration.ofHours(1));
  }

  public static ForwardedIdentity identity(String user) {
    return new ForwardedIdentity(user, Secret.of(token(user)));
  }

  /** A request as the proxy forwards it. */
  public static MockHttpServletRequest request(String path, @Nullable String user) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
    request.setServletPath(path);
    if (user != null) {
      request.addHeader("X-Forwarded-Email", user);
      request.addHeader("X-Forwarded-Access-Token", token(user));
    }
    return request;
  }

  /** Whom the database takes a connection of {@code dataSource} for. */
  public static String whoIs(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user")) {
      row.next();
      return row.getString(1);
    }
  }
}
