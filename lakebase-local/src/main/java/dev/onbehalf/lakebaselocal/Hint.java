package dev.onbehalf.lakebaselocal;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a person may do next, as lines that can be pasted into a shell. */
final class Hint {
  private static final String EXAMPLE = "alice@example.com";

  private final LakebaseLocal lakebase;
  private final Options options;
  private final StringBuilder text = new StringBuilder();

  Hint(LakebaseLocal lakebase, Options options) {
    this.lakebase = lakebase;
    this.options = options;
  }

  String text() {
    List<String> users = lakebase.users();
    if (users.isEmpty()) {
      line(
          "# Nobody has a role here. Start with --users %s, or add people while it runs:", EXAMPLE);
      line(
          "curl -H 'Content-Type: application/json' -d %s %s", json(EXAMPLE), url("/local/people"));
    } else {
      String person = users.get(0);
      line("# An access token of a person, as the proxy in front of an app forwards it:");
      line("curl -d %s %s", json(person), url("/local/tokens"));
      line("# psql, as that person and as the service principal:");
      line("java -jar %s psql %s", quoted(jar()), quoted(person));
    }
    line("java -jar %s psql sp", quoted(jar()));
    Path file = options.environmentFile();
    if (file != null) {
      line("# For Spring Boot, as an argument of the application:");
      line(
          "%s",
          quoted(
              "--spring.config.import=optional:file:" + file.toAbsolutePath() + "[.properties]"));
    }
    Options.ProxyPorts proxy = options.proxy();
    if (proxy != null) {
      line(
          "# In a browser, in front of the application on port %s:\nhttp://localhost:%s/",
          proxy.application(), proxy.own());
    }
    return text.toString();
  }

  private void line(String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }

  private static String json(String user) {
    return quoted(JSONObjectUtils.toJSONString(Map.of("user", user)));
  }

  private String url(String path) {
    return Objects.requireNonNull(lakebase.environment().get("DATABRICKS_HOST")) + path;
  }

  private static String jar() {
    CodeSource source = Hint.class.getProtectionDomain().getCodeSource();
    try {
      return source == null
          ? "lakebase-local.jar"
          : Path.of(source.getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      return "lakebase-local.jar";
    }
  }

  /** For a shell; bare where that is the same. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
