package dev.onbehalf.lakebaselocal.internal.gateway;

import java.nio.channels.SocketChannel;

/** The database behind the gateway. */
public interface Backend {

  /** A new connection for an admitted role; may block while the database wakes up. */
  SocketChannel connect() throws LoginRefusedException, InterruptedException;

  /** A new connection, which wakes nobody. */
  SocketChannel connectIfRunning() throws LoginRefusedException;
}
