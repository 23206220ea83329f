package dev.onbehalf.lakebaselocal.internal.gateway;

import dev.onbehalf.lakebaselocal.internal.gateway.InitialPacket.CancelRequest;
import dev.onbehalf.lakebaselocal.internal.gateway.InitialPacket.GssEncryptionRequest;
import dev.onbehalf.lakebaselocal.internal.gateway.InitialPacket.SslRequest;
import dev.onbehalf.lakebaselocal.internal.gateway.InitialPacket.StartupMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Leads a client from its first packet to the backend, as in the PostgreSQL manual, "Message Flow":
 *
 * <pre>
 * client                     gateway                    backend
 *   SSLRequest         -->
 *                      <--   S, TLS handshake
 *   StartupMessage     -->
 *                      <--   AuthenticationCleartextPassword
 *   PasswordMessage    -->   the doorkeeper
 *                            StartupMessage       -->
 *   AuthenticationOk, ReadyForQuery, or its error <--
 * </pre>
 *
 * The backend trusts who comes through its door, so it says AuthenticationOk itself; its own
 * refusals (too many connections, no such database, no such role) reach the client as they are.
 */
final class LoginSequence {
  /** PostgreSQL cuts longer names (NAMEDATALEN - 1), and two people could become one. */
  private static final int MAX_ROLE_BYTES = 63;

  private final SSLContext tls;
  private final Doorkeeper doorkeeper;
  private final Backend backend;
  private final Farewell farewell;

  LoginSequence(SSLContext tls, Doorkeeper doorkeeper, Backend backend, Farewell farewell) {
    this.tls = tls;
    this.doorkeeper = doorkeeper;
    this.backend = backend;
    this.farewell = farewell;
  }

  /** Returns the client joined with a backend, or null when all has been said to it. */
  @Nullable Junction lead(ClientSocket client) throws IOException, InterruptedException {
    try {
      return tryToLead(client);
    } catch (LoginRefusedException refusal) {
      client.refuse(refusal);
      farewell.closeSoon(client);
      client.drain();
      return null;
    }
  }

  private @Nullable Junction tryToLead(ClientSocket client)
      throws IOException, InterruptedException, LoginRefusedException {
    ScheduledFuture<?> deadline = farewell.closeAfter(Gateway.LOGIN_TIMEOUT, client);
    StartupMessage startup;
    String password;
    try {
      startup = negotiate(client);
      password = startup == null ? null : client.askPassword();
    } finally {
      deadline.cancel(false);
    }
    if (startup == null || password == null) {
      return null;
    }
    String role = startup.role();
    doorkeeper.admit(role, password);
    if (role.getBytes(StandardCharsets.UTF_8).length > MAX_ROLE_BYTES) {
      throw new LoginRefusedException("28000", "role \"" + role + "\" does not exist");
    }
    SocketChannel channel = backend.connect();
    try {
      send(startup.bytes(), channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new Junction(role, client, channel, farewell);
  }

  /** Reads up to the startup message; null when the client wanted no session. */
  private @Nullable StartupMessage negotiate(ClientSocket client)
      throws IOException, LoginRefusedException {
    boolean declinedGss = false;
    while (true) {
      InitialPacket packet = InitialPacket.read(client.in());
      if (packet instanceof StartupMessage startup) {
        requireTls(client, startup);
        return startup;
      } else if (packet instanceof CancelRequest cancel) {
        forward(cancel);
        return null;
      } else if (packet instanceof SslRequest && !client.encrypted()) {
        client.answer('S');
        client.startTls(tls);
      } else if (packet instanceof GssEncryptionRequest && !client.encrypted() && !declinedGss) {
        client.answer('N');
        declinedGss = true;
      } else if (packet == null) {
        return null;
      } else {
        throw new LoginRefusedException("08P01", "encryption was asked for a second time");
      }
    }
  }

  private static void requireTls(ClientSocket client, StartupMessage startup)
      throws LoginRefusedException {
    if (!client.encrypted()) {
      throw new LoginRefusedException(
          "28000",
          "no pg_hba.conf entry for host \"%s\", user \"%s\", database \"%s\", no encryption"
              .formatted(client.address().getHostAddress(), startup.role(), startup.database()));
    }
  }

  /** The backend closes when it has passed the request on, and so does the gateway then. */
  private void forward(CancelRequest cancel) throws IOException, LoginRefusedException {
    try (SocketChannel channel = backend.connectIfRunning()) {
      send(cancel.bytes(), channel);
      ByteBuffer nothing = ByteBuffer.allocate(1);
      while (channel.read(nothing.clear()) > 0) {}
    }
  }

  private static void send(ByteBuffer bytes, SocketChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
