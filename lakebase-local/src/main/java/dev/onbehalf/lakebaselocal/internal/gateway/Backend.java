package dev.onbehalf.lakebaselocal.internal.gateway;

import java.nio.channels.SocketChannel;

/** The database behind the gateway. */
public interface Backend {

  /** A new connection for an admitted role; may block while the database wakes up. */
  SocketChannel connect(String role) throws LoginRefusedException, InterruptedException;

  /** A new connection that carries a cancel request; never wakes the database. */
  SocketChannel connectToCancel() throws LoginRefusedException;
}
