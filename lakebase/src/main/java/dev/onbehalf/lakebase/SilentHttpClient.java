package dev.onbehalf.lakebase;

import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.ProxyConfig;
import com.databricks.sdk.core.commons.CommonsHttpClient;
import com.databricks.sdk.core.http.HttpClient;
import com.databricks.sdk.core.http.Request;
import com.databricks.sdk.core.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.http.impl.conn.DefaultManagedHttpClientConnection;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;

/**
 * The SDK's HTTP client, with nothing of what is said in any log, and nothing said to strangers.
 *
 * <p>At DEBUG, Apache's usual connections print every header ({@code org.apache.http.headers} and
 * {@code .wire}), and the SDK the first 96 bytes of each value in an answer, which is all of a
 * short token. So the connections are of a plainer class, and answers are handed on as streams,
 * which the SDK does not print.
 *
 * <p>Apache's client repeats all headers to wherever an answer redirects it, the token among them.
 * So what carries a token is not redirected. Thread-safe.
 */
final class SilentHttpClient implements HttpClient {
  /** To one host at once; more than there are threads to make them. */
  private static final int MAX_CALLS = 32;

  private static final int BUFFER = 8 * 1024;
  private static final String AUTHORIZATION = "Authorization";

  private final HttpClient client;

  SilentHttpClient(DatabricksConfig config, LakebaseSettings settings) {
    AtomicLong number = new AtomicLong();
    PoolingHttpClientConnectionManager connections =
        new PoolingHttpClientConnectionManager(
            (route, nothing) ->
                new DefaultManagedHttpClientConnection(
                    "workspace-" + number.incrementAndGet(), BUFFER));
    connections.setDefaultMaxPerRoute(MAX_CALLS);
    connections.setMaxTotal(2 * MAX_CALLS);
    CommonsHttpClient.Builder builder =
        new CommonsHttpClient.Builder()
            .withDatabricksConfig(config)
            .withConnectionManager(connections);
    proxy(settings)
        .ifPresent(
            proxy ->
                builder.withProxyConfig(
                    new ProxyConfig().setHost(proxy.getHostString()).setPort(proxy.getPort())));
    client = builder.build();
  }

  /**
   * The settings' proxy, else the JVM's for this workspace. That is asked for by us, as the SDK
   * takes no default port, and takes other system properties along.
   */
  private static Optional<InetSocketAddress> proxy(LakebaseSettings settings) {
    if (settings.workspaceProxy != null) {
      return Optional.of(settings.workspaceProxy);
    }
    ProxySelector selector = ProxySelector.getDefault();
    List<Proxy> proxies = selector == null ? List.of() : selector.select(settings.workspace);
    return proxies.stream()
        .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
        .map(proxy -> (InetSocketAddress) proxy.address())
        .findFirst();
  }

  @Override
  public Response execute(Request request) throws IOException {
    if (request.getHeaders().keySet().stream().anyMatch(AUTHORIZATION::equalsIgnoreCase)) {
      request.setRedirectionBehavior(false);
    }
    Response answer = client.execute(request);
    InputStream body = answer.getBody();
    return body == null
        ? answer
        : new Response(
            answer.getRequest(),
            answer.getUrl(),
            answer.getStatusCode(),
            answer.getStatus(),
            answer.getAllHeaders(),
            body);
  }
}
