package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** An instance listens where it is told to, or says why it can't. */
class FixedPortsTest {
  @Test
  void listensOnThePortsThatAreNamed() throws IOException {
    int port = freePort();
    int workspacePort = freePort();
    try (LakebaseLocal lakebase =
        LakebaseLocal.builder().port(port).workspacePort(workspacePort).start()) {
      assertThat(lakebase.environment())
          .containsEntry("PGPORT", Integer.toString(port))
          .containsEntry("DATABRICKS_HOST", "http://127.0.0.1:" + workspacePort);
    }
  }

  @Test
  void saysWhichPortIsTaken() throws IOException {
    try (ServerSocket taken = listener()) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> LakebaseLocal.builder().port(port).start())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("Port " + port + ", for logins, can't be had");
      assertThatThrownBy(() -> LakebaseLocal.builder().workspacePort(port).start())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("Port " + port + ", for the workspace, can't be had");
    }
  }

  @Test
  void refusesWhatIsNoPortAndTheSameOneTwice() {
    assertThatThrownBy(() -> LakebaseLocal.builder().port(65_536).start())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LakebaseLocal.builder().port(4000).workspacePort(4000).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same port");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = listener()) {
      return socket.getLocalPort();
    }
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
