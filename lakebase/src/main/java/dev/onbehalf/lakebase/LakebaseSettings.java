package dev.onbehalf.lakebase;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.internal.SettingsReader;
import dev.onbehalf.pool.Secret;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which workspace, which of its databases, and as whom the application asks: everything {@link
 * Lakebase} has to know besides {@link dev.onbehalf.identity.DatabaseSettings}, checked. The
 * platform's own variables are read as the platform sets them.
 *
 * <pre>{@code
 * LakebaseSettings settings = LakebaseSettings.fromEnvironment(System.getenv());
 * LakebaseSettings patient =
 *     LakebaseSettings.builder().environment(System.getenv()).timeout(Duration.ofSeconds(30)).build();
 * }</pre>
 *
 * <table>
 * <caption>The variables</caption>
 * <tr><td>{@code LAKEBASE_ENDPOINT}, {@code DATABRICKS_HOST}</td><td>needed</td></tr>
 * <tr><td>{@code DATABRICKS_CLIENT_ID}, {@code DATABRICKS_CLIENT_SECRET}</td>
 *     <td>the service principal's OAuth client; without them the Databricks SDK looks for another
 *     way to sign in</td></tr>
 * <tr><td>{@code DATABRICKS_CONFIG_PROFILE}, {@code DATABRICKS_CONFIG_FILE}</td>
 *     <td>a way to sign in without the client: a profile, and the file that has it, {@code
 *     ~/.databrickscfg} unless set</td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe; {@code toString} prints no secret.
 */
public final class LakebaseSettings {
  private static final Pattern ENDPOINT =
      Pattern.compile("projects/[^/\\s]+/branches/[^/\\s]+/endpoints/[^/\\s]+");

  final String endpoint;
  final URI workspace;
  final @Nullable InetSocketAddress workspaceProxy;
  final @Nullable String clientId;
  final @Nullable Secret clientSecret;
  final @Nullable String profile;
  final @Nullable String configFile;
  final Duration timeout;

  private LakebaseSettings(Builder builder, SettingsReader read) {
    endpoint = endpoint(read, "LAKEBASE_ENDPOINT");
    workspace = workspace(read, "DATABRICKS_HOST", builder.allowInsecureTls);
    workspaceProxy =
        builder.workspaceProxyHost == null
            ? null
            : read.unresolved(
                "workspaceProxyPort", builder.workspaceProxyHost, builder.workspaceProxyPort);
    clientId = read.optional("DATABRICKS_CLIENT_ID").orElse(null);
    clientSecret = read.optional("DATABRICKS_CLIENT_SECRET").map(Secret::of).orElse(null);
    profile = read.optional("DATABRICKS_CONFIG_PROFILE").orElse(null);
    configFile = read.optional("DATABRICKS_CONFIG_FILE").orElse(null);
    read.together(
        "DATABRICKS_CLIENT_ID",
        "DATABRICKS_CLIENT_SECRET",
        "an OAuth client is its id and its secret; take both from the service principal's page");
    timeout = builder.timeout;
    read.positive("timeout", timeout);
    read.throwProblems();
  }

  private static String endpoint(SettingsReader read, String name) {
    String example = "projects/shop/branches/production/endpoints/primary";
    String value = read.required(name, example);
    if (!value.isEmpty() && !ENDPOINT.matcher(value).matches()) {
      read.problem(
          "%s is \"%s\", not an endpoint's resource name. Example: %s=%s",
          name, value, name, example);
    }
    return value;
  }

  /** Databricks Apps sets a bare host name; people paste an address with https:// before it. */
  private static URI workspace(SettingsReader read, String name, boolean allowInsecure) {
    String example = "https://dbc-a1b2c3d4-e5f6.cloud.databricks.com";
    String value = read.required(name, example);
    URI stand = URI.create("https://invalid");
    if (value.isEmpty()) {
      return stand;
    }
    try {
      URI uri = new URI(value.contains("://") ? value : "https://" + value);
      boolean known = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (!known || uri.getHost() == null || uri.getUserInfo() != null || hasMore(uri)) {
        read.problem(
            "%s is \"%s\", not the address of a workspace. Example: %s=%s",
            name, value, name, example);
        return stand;
      }
      boolean secure = "https".equals(uri.getScheme()) || SettingsReader.isLoopback(uri.getHost());
      if (!secure && !allowInsecure) {
        read.problem(
            "%s is \"%s\", and http:// sends tokens in clear. Example: %s=%s; or set"
                + " onbehalf.allow-insecure-tls to accept that",
            name, value, name, example);
      }
      return new URI(uri.getScheme(), uri.getAuthority(), null, null, null);
    } catch (URISyntaxException e) {
      read.problem(
          "%s is \"%s\", not an address: %s. Example: %s=%s",
          name, value, e.getReason(), name, example);
      return stand;
    }
  }

  private static boolean hasMore(URI uri) {
    String path = uri.getPath();
    return !(path == null || path.isEmpty() || path.equals("/"))
        || uri.getQuery() != null
        || uri.getFragment() != null;
  }

  /**
   * Reads the settings from environment variables.
   *
   * @throws InvalidSettingsException naming every missing or wrong variable at once
   */
  public static LakebaseSettings fromEnvironment(Map<String, String> environment) {
    return builder().environment(environment).build();
  }

  /** The endpoint that the database is reached through: {@code LAKEBASE_ENDPOINT}. */
  public String endpoint() {
    return endpoint;
  }

  /** A builder with nothing set and the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    return "LakebaseSettings[%s at %s]".formatted(endpoint, workspace);
  }

  /** Collects settings; the last value set wins. Not thread-safe. */
  public static final class Builder {
    private final Map<String, String> variables = new HashMap<>();
    private boolean allowInsecureTls;
    private Duration timeout = Duration.ofSeconds(10);
    private @Nullable String workspaceProxyHost;
    private int workspaceProxyPort;

    private Builder() {}

    /** Takes over the variables of this class's table; others are ignored. */
    public Builder environment(Map<String, String> environment) {
      variables.putAll(environment);
      return this;
    }

    /** Sets one of the variables of this class's table; null unsets it. */
    public Builder variable(String name, @Nullable String value) {
      if (value == null) {
        variables.remove(name);
      } else {
        variables.put(name, value);
      }
      return this;
    }

    /** Lets {@code DATABRICKS_HOST} be {@code http://} for a host that is not loopback. */
    public Builder allowInsecureTls(boolean allow) {
      allowInsecureTls = allow;
      return this;
    }

    /** How long an answer of the workspace is waited for. Default 10 s. */
    public Builder timeout(Duration longest) {
      timeout = longest;
      return this;
    }

    /**
     * The HTTP proxy on the way to the workspace. Unset, the JVM's: {@code https.proxyHost}, {@code
     * https.proxyPort} and {@code http.nonProxyHosts}.
     */
    public Builder workspaceProxy(String host, int port) {
      workspaceProxyHost = host;
      workspaceProxyPort = port;
      return this;
    }

    /**
     * Checks everything.
     *
     * @throws InvalidSettingsException naming every mistake at once
     */
    public LakebaseSettings build() {
      return new LakebaseSettings(this, new SettingsReader(variables));
    }
  }
}
