package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The client's end: a socket that starts in clear and may change to TLS, and what is said on it.
 */
final class ClientSocket implements Closeable {
  private static final int MAX_PASSWORD_PACKET = 64 * 1024;

  private final Socket socket;
  private @Nullable SSLSocket tls;

  ClientSocket(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
  }

  InetAddress address() {
    return socket.getInetAddress();
  }

  boolean encrypted() {
    return tls != null;
  }

  InputStream in() throws IOException {
    return tls == null ? socket.getInputStream() : tls.getInputStream();
  }

  OutputStream out() throws IOException {
    return tls == null ? socket.getOutputStream() : tls.getOutputStream();
  }

  /** Answers a request for encryption: {@code S} for yes, {@code N} for no. */
  void answer(char yesOrNo) throws IOException {
    out().write(yesOrNo);
  }

  void startTls(SSLContext context) throws IOException {
    // Not closing with the TLS layer: that could wait for a client, and close() must not.
    tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, false);
    tls.setUseClientMode(false);
    tls.startHandshake();
  }

  /** AuthenticationCleartextPassword, and the answer; null if the client left instead. */
  @Nullable String askPassword() throws IOException, LoginRefusedException {
    out().write(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 3});
    int type = in().read();
    if (type < 0) {
      return null;
    }
    if (type != 'p') {
      throw new LoginRefusedException(
          "08P01", "expected password response, got message type " + type);
    }
    int length = new DataInputStream(in()).readInt();
    if (length < 5 || length > MAX_PASSWORD_PACKET) {
      throw new LoginRefusedException("08P01", "invalid password packet size");
    }
    byte[] body = in().readNBytes(length - 4);
    if (body.length < length - 4) {
      throw new EOFException("The client left in the middle of its password");
    }
    return password(body);
  }

  private static String password(byte[] body) throws LoginRefusedException {
    int end = 0;
    while (end < body.length && body[end] != 0) {
      end++;
    }
    if (end != body.length - 1) {
      throw new LoginRefusedException("08P01", "invalid password packet size");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, 0, end)).toString();
    } catch (CharacterCodingException e) {
      return ""; // no password is spelt like this
    }
  }

  /** ErrorResponse; afterwards nothing more is said. */
  void refuse(LoginRefusedException refusal) throws IOException {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    field(fields, 'S', "FATAL");
    field(fields, 'V', "FATAL");
    field(fields, 'C', refusal.sqlState());
    field(fields, 'M', String.valueOf(refusal.getMessage()));
    fields.write(0);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(message);
    data.write('E');
    data.writeInt(4 + fields.size());
    fields.writeTo(data);
    out().write(message.toByteArray());
    endOutput();
  }

  private static void field(ByteArrayOutputStream fields, char type, String value) {
    fields.write(type);
    fields.writeBytes(value.getBytes(StandardCharsets.UTF_8));
    fields.write(0);
  }

  /** Says that nothing more comes, so that the client reads to the end what has been sent. */
  void endOutput() throws IOException {
    if (tls != null) {
      tls.shutdownOutput();
    }
    if (!socket.isOutputShutdown()) {
      socket.shutdownOutput();
    }
  }

  /** Reads what the client still sends, to its end, and drops it; {@link Junction} says why. */
  void drain() throws IOException {
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  /** Closes at once, without TLS's farewell; threads that wait for this client wake up. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // closed is what it is
    }
  }
}
