package dev.onbehalf.identity.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;

/**
 * Sockets whose end is the server's, too: to close one takes until the other side has closed it. A
 * PostgreSQL backend does so when it counts no more among the connections, some milliseconds after
 * it was told; whoever opens the next one earlier has one more than it should. Made by pgjdbc, by
 * this class's name. Thread-safe.
 */
public final class EndAwaitingSockets extends SocketFactory {
  /** One that is in the middle of a query, or cut off, hears of nothing. */
  private static final int LONGEST_MILLIS = 900;

  private static final class EndAwaitingSocket extends Socket {
    private final AtomicBoolean closing = new AtomicBoolean();

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nobody is kept while it waits
    public void close() throws IOException {
      if (closing.compareAndSet(false, true) && isConnected()) {
        awaitEnd();
      }
      super.close();
    }

    private void awaitEnd() {
      try {
        setSoTimeout(LONGEST_MILLIS); // nothing is shut: a proxy between would end both sides then
        InputStream in = getInputStream();
        long end = System.nanoTime() + Duration.ofMillis(LONGEST_MILLIS).toNanos();
        byte[] rest = new byte[1024];
        while (in.read(rest) >= 0 && end - System.nanoTime() > 0) {
          // what was on its way
        }
      } catch (IOException e) {
        // it has ended in another way, or does not
      }
    }
  }

  @Override
  public Socket createSocket() {
    return new EndAwaitingSocket();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("pgjdbc connects by itself");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
    throw new UnsupportedOperationException("pgjdbc connects by itself");
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException("pgjdbc connects by itself");
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
    throw new UnsupportedOperationException("pgjdbc connects by itself");
  }
}
