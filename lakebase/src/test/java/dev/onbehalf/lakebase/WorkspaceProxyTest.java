package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.onbehalf.identity.InBackground;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.internal.gateway.ServerIdentity;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workspace behind a proxy: of the settings, or of the JVM. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkspaceProxyTest {
  /** A name that only the proxy can resolve. */
  private static final String WORKSPACE = "https://workspace.invalid";

  private HttpsServer behind;
  private ConnectProxy proxy;

  @BeforeEach
  void start() throws IOException {
    behind = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    behind.setHttpsConfigurator(new HttpsConfigurator(ServerIdentity.create().tls()));
    behind.start();
    proxy = new ConnectProxy(behind.getAddress().getPort());
  }

  @AfterEach
  void stop() throws IOException {
    System.clearProperty("https.proxyHost");
    System.clearProperty("https.proxyPort");
    System.clearProperty("http.nonProxyHosts");
    proxy.close();
    behind.stop(0);
  }

  /** Tunnels wherever one wants to go to the same server, and writes down where that was. */
  private static final class ConnectProxy implements Closeable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final int port;

    ConnectProxy(int port) throws IOException {
      this.port = port;
      InBackground.start(this::serve);
    }

    private void serve() throws IOException {
      while (true) {
        Socket client = door.accept();
        InBackground.start(() -> tunnel(client));
      }
    }

    private void tunnel(Socket client) throws IOException {
      try (client;
          Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
        BufferedReader head =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII), 1);
        asked.add(head.readLine());
        for (String line = head.readLine(); !line.isEmpty(); line = head.readLine()) {}
        client
            .getOutputStream()
            .write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InBackground.start(() -> server.getInputStream().transferTo(client.getOutputStream()));
        client.getInputStream().transferTo(server.getOutputStream());
      }
    }

    @Override
    public void close() throws IOException {
      door.close();
    }
  }

  private static TestDatabase.Builder settings() {
    return TestDatabase.builder()
        .variable("PGHOST", "localhost")
        .variable("PGDATABASE", "nobody_asks")
        .variable("LAKEBASE_ENDPOINT", StubWorkspace.ENDPOINT)
        .variable("DATABRICKS_HOST", WORKSPACE)
        .variable("DATABRICKS_CLIENT_ID", "the-app")
        .variable("DATABRICKS_CLIENT_SECRET", "hush-hush")
        .connectionTimeout(Duration.ofSeconds(10));
  }

  /** The one behind the proxy shows a certificate that nobody vouches for: so far we have come. */
  private Reason verdict(TestDatabase.Settings settings) {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      return catchThrowableOfType(IssuerUnavailableException.class, lakebase::checkServicePrincipal)
          .reason();
    }
  }

  private int port() {
    return proxy.door.getLocalPort();
  }

  @Test
  void theProxyOfTheSettingsIsAskedForATunnel() {
    TestDatabase.Settings settings =
        settings().asking(it -> it.workspaceProxy("localhost", port())).build();
    assertThat(verdict(settings)).isEqualTo(Reason.UNTRUSTED);
    assertThat(proxy.asked).isNotEmpty().allMatch("CONNECT workspace.invalid:443 HTTP/1.1"::equals);
  }

  @Test
  void soIsTheOneOfTheJvm() {
    System.setProperty("https.proxyHost", "localhost");
    System.setProperty("https.proxyPort", Integer.toString(port()));
    assertThat(verdict(settings().build())).isEqualTo(Reason.UNTRUSTED);
    assertThat(proxy.asked).isNotEmpty();
  }

  @Test
  void aWorkspaceThatTheJvmReachesItselfIsReachedWithoutProxy() {
    System.setProperty("https.proxyHost", "localhost");
    System.setProperty("https.proxyPort", Integer.toString(port()));
    System.setProperty("http.nonProxyHosts", "*.invalid");
    assertThat(verdict(settings().connectionTimeout(Duration.ofSeconds(1)).build()))
        .isEqualTo(Reason.UNREACHABLE);
    assertThat(proxy.asked).isEmpty();
  }

  @Test
  void withoutAProxyThereIsNone() {
    assertThat(verdict(settings().connectionTimeout(Duration.ofSeconds(1)).build()))
        .isEqualTo(Reason.UNREACHABLE);
    assertThat(proxy.asked).isEmpty();
  }
}
