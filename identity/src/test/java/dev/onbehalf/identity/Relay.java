package dev.onbehalf.identity;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between a client and a server, and writes down what the client says. */
public final class Relay implements Closeable {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;

  /** In the order in which they came: SSLRequest, Startup, then each message's type. */
  final List<String> messages = new CopyOnWriteArrayList<>();

  /** What the server sent, in bytes. */
  final AtomicLong answered = new AtomicLong();

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Boolean> tls = new LinkedBlockingQueue<>();
  private final int port;

  public Relay(int port) throws IOException {
    this.port = port;
    InBackground.start(this::acceptAll);
  }

  public int port() {
    return door.getLocalPort();
  }

  private void acceptAll() throws IOException {
    while (true) {
      Socket client = door.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      sockets.addAll(List.of(client, server));
      InBackground.start(() -> listen(client, server));
      InBackground.start(() -> answer(server, client));
    }
  }

  private void listen(Socket client, Socket server) throws IOException {
    try (server) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(server.getOutputStream());
      boolean started = false;
      while (!started) {
        int length = in.readInt();
        int code = in.readInt();
        started = code != SSL_REQUEST && code != GSS_REQUEST;
        messages.add(started ? "Startup" : code == SSL_REQUEST ? "SSLRequest" : "GSSRequest");
        byte[] rest = in.readNBytes(length - 2 * Integer.BYTES);
        out.writeInt(length);
        out.writeInt(code);
        out.write(rest);
        if (code == SSL_REQUEST && awaitAnswerIsTls()) {
          in.transferTo(out);
          return;
        }
      }
      while (true) {
        int type = in.readUnsignedByte();
        messages.add(Character.toString(type));
        int length = in.readInt();
        byte[] rest = in.readNBytes(length - Integer.BYTES);
        out.writeByte(type);
        out.writeInt(length);
        out.write(rest);
      }
    }
  }

  private boolean awaitAnswerIsTls() throws IOException {
    try {
      return tls.take();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void answer(Socket server, Socket client) throws IOException {
    try (client) {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[8192];
      boolean first = true;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (first) {
          tls.add(buffer[0] == 'S');
          first = false;
        }
        answered.addAndGet(read);
        out.write(buffer, 0, read);
      }
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
