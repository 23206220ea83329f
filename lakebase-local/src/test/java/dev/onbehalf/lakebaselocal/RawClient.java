package dev.onbehalf.lakebaselocal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client that says byte by byte what a test wants it to say. */
final class RawClient implements Closeable {
  static final int SSL_REQUEST = 80877103;
  static final int GSS_ENCRYPTION_REQUEST = 80877104;
  static final int PROTOCOL_3_0 = 3 << 16;

  private final Map<String, String> environment;
  private Socket socket;

  RawClient(LakebaseLocal lakebase) throws IOException {
    environment = lakebase.environment();
    socket =
        new Socket(
            InetAddress.getLoopbackAddress(),
            Integer.parseInt(Objects.requireNonNull(environment.get("PGPORT"))));
    socket.setSoTimeout(30_000);
  }

  RawClient send(byte... bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** A packet without a type: its length, a number, and what else. */
  RawClient sendInitial(int code, byte... rest) throws IOException {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(packet);
    data.writeInt(8 + rest.length);
    data.writeInt(code);
    data.write(rest);
    return send(packet.toByteArray());
  }

  /** Names and values in turn, without the NUL that ends them all. */
  RawClient sendStartup(String... parameters) throws IOException {
    String text = String.join("\0", parameters) + "\0\0";
    return sendInitial(PROTOCOL_3_0, text.getBytes(StandardCharsets.UTF_8));
  }

  RawClient sendPassword(String password) throws IOException {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(packet);
    data.write('p');
    data.writeInt(5 + bytes.length);
    data.write(bytes);
    data.write(0);
    return send(packet.toByteArray());
  }

  RawClient startTls() throws IOException, GeneralSecurityException {
    sendInitial(SSL_REQUEST);
    if (read() != 'S') {
      throw new IOException("TLS was declined");
    }
    SSLSocket tls =
        (SSLSocket)
            trusting(Path.of(Objects.requireNonNull(environment.get("PGSSLROOTCERT"))))
                .getSocketFactory()
                .createSocket(socket, "localhost", socket.getPort(), true);
    tls.startHandshake();
    socket = tls;
    return this;
  }

  private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(pem)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** The next byte, or -1 at the end. */
  int read() throws IOException {
    return socket.getInputStream().read();
  }

  /** All up to the end. */
  byte[] readAll() throws IOException {
    return socket.getInputStream().readAllBytes();
  }

  /** Reads the question for a password in clear. */
  RawClient expectPasswordRequest() throws IOException {
    byte[] message = socket.getInputStream().readNBytes(9);
    if (message[0] != 'R' || message[8] != 3) {
      throw new IOException("Expected the question for a password, got type " + (char) message[0]);
    }
    return this;
  }

  /** The fields of an ErrorResponse, by type. */
  Map<Character, String> readError() throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int type = in.read();
    if (type != 'E') {
      throw new IOException("Expected an error, got " + type);
    }
    String text = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.UTF_8);
    Map<Character, String> fields = new HashMap<>();
    for (int start = 0; text.charAt(start) != 0; ) {
      int end = text.indexOf(0, start);
      fields.put(text.charAt(start), text.substring(start + 1, end));
      start = end + 1;
    }
    return fields;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
