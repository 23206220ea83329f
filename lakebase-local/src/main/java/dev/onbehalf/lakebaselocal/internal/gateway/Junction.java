package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A client and its backend, joined: bytes go both ways untouched until one of the two leaves. Each
 * direction is copied by a thread of its own.
 */
final class Junction implements Closeable {
  private static final int BUFFER_SIZE = 32 * 1024;

  private final String role;
  private final ClientSocket client;
  private final SocketChannel backend;

  Junction(String role, ClientSocket client, SocketChannel backend) {
    this.role = role;
    this.client = client;
    this.backend = backend;
  }

  String role() {
    return role;
  }

  /** Copies what the client says, until it has said all. */
  void copyToBackend() {
    try (this) {
      InputStream in = client.in();
      byte[] buffer = new byte[BUFFER_SIZE];
      ByteBuffer window = ByteBuffer.wrap(buffer);
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        window.clear().limit(n);
        while (window.hasRemaining()) {
          backend.write(window);
        }
      }
    } catch (IOException e) {
      // One of the two has left, or cut() came: this is how a connection ends.
    }
  }

  /** Copies what the backend says, until it has said all. */
  void copyToClient() {
    try (this) {
      OutputStream out = client.out();
      byte[] buffer = new byte[BUFFER_SIZE];
      ByteBuffer window = ByteBuffer.wrap(buffer);
      for (int n = backend.read(window); n >= 0; n = backend.read(window.clear())) {
        out.write(buffer, 0, n);
      }
      client.endOutput();
    } catch (IOException e) {
      // as above
    }
  }

  /** Cuts the connection on both sides, without a word. */
  @Override
  public void close() {
    client.close();
    try {
      backend.close();
    } catch (IOException e) {
      // closed is what it is
    }
  }
}
