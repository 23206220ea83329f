package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/**
 * A client and its backend, joined: bytes go both ways untouched until one of the two leaves. Each
 * direction is copied by a thread of its own.
 */
final class Junction implements Closeable {
  /*
   * When the client has left, both sides are closed at once. When the backend has left, its last
   * words (why it ended, such as 57P01) may still be on their way: then the client's side stays open
   * for a farewell, and what the client says meanwhile is read and dropped, because a socket that is
   * closed with unread input resets the connection, and the reset can overtake those words (RFC
   * 9293, section 3.10.4).
   */
  private static final int BUFFER_SIZE = 32 * 1024;

  private final String role;
  private final ClientSocket client;
  private final SocketChannel backend;
  private final Farewell farewell;
  private volatile boolean backendHasLeft;

  Junction(String role, ClientSocket client, SocketChannel backend, Farewell farewell) {
    this.role = role;
    this.client = client;
    this.backend = backend;
    this.farewell = farewell;
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
        writeToBackend(window.clear().limit(n));
      }
    } catch (IOException e) {
      // The client has left, or somebody closed us: this is how a connection ends.
    }
  }

  private void writeToBackend(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining() && !backendHasLeft) {
        backend.write(bytes);
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      backendHasLeft = true; // the other thread reads its last words
    }
  }

  /** Copies what the backend says, until it has said all. */
  void copyToClient() {
    try {
      OutputStream out = client.out();
      byte[] buffer = new byte[BUFFER_SIZE];
      ByteBuffer window = ByteBuffer.wrap(buffer);
      for (int n = backend.read(window); n >= 0; n = backend.read(window.clear())) {
        out.write(buffer, 0, n);
      }
      backendHasLeft = true;
      client.endOutput();
      farewell.closeSoon(this);
    } catch (IOException e) {
      close();
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
