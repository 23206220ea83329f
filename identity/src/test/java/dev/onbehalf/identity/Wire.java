package dev.onbehalf.identity;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Stands between a client and a server; its bytes can stop, without a word to either side. */
final class Wire implements Closeable {
  /** What clients have sent, in bytes. */
  final AtomicLong sent = new AtomicLong();

  /** What the server has, likewise. */
  final AtomicLong received = new AtomicLong();

  /** In the order in which they came. */
  final List<Strand> strands = new CopyOnWriteArrayList<>();

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int port;
  private volatile boolean frozen;

  /** One connection. */
  final class Strand {
    private final Socket client;
    private final Socket server;
    private final AtomicInteger ended = new AtomicInteger();
    volatile boolean frozenAlone;

    Strand(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void carry(Socket from, Socket to, AtomicLong count) throws IOException {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          awaitThaw();
          count.addAndGet(read);
          out.write(buffer, 0, read);
        }
        awaitThaw(); // an end is a word, too, of one side
        to.shutdownOutput();
        if (ended.incrementAndGet() == 2) {
          closeBoth();
        }
      } catch (IOException e) { // whoever was killed says no more
        closeBoth();
        throw e;
      }
    }

    private void closeBoth() throws IOException {
      client.close();
      server.close();
    }

    private void awaitThaw() {
      while (frozen || frozenAlone) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  Wire(int port) throws IOException {
    this.port = port;
    InBackground.start(this::acceptAll);
  }

  int port() {
    return door.getLocalPort();
  }

  private void acceptAll() throws IOException {
    while (true) {
      Socket client = door.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Strand strand = new Strand(client, server);
      strands.add(strand);
      InBackground.start(() -> strand.carry(client, server, sent));
      InBackground.start(() -> strand.carry(server, client, received));
    }
  }

  /** Nothing gets through any more, in neither direction, of old connections and new ones. */
  void freeze() {
    frozen = true;
  }

  void thaw() {
    frozen = false;
    strands.forEach(strand -> strand.frozenAlone = false);
  }

  @Override
  public void close() throws IOException {
    door.close();
    thaw();
    for (Strand strand : strands) {
      strand.client.close();
      strand.server.close();
    }
  }
}
