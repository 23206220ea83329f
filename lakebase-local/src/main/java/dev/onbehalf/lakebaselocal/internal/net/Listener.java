package dev.onbehalf.lakebaselocal.internal.net;

import java.io.IOException;
import java.net.BindException;

/** Opens what listens on a port, and says whose port could not be had. */
public final class Listener {

  /** Takes a port; zero is any that is free. */
  @FunctionalInterface
  public interface Opening<T> {
    T open(int port) throws IOException;
  }

  private Listener() {}

  /**
   * Opens it.
   *
   * @param what it is for, as in "the port for …"
   */
  public static <T> T open(String what, int port, Opening<T> opening) throws IOException {
    try {
      return opening.open(port);
    } catch (BindException e) {
      throw new IOException(
          "Port %s, for %s, can't be had (%s): end what listens there, which may be another lakebase-local, or choose another port"
              .formatted(port, what, e.getMessage()),
          e);
    }
  }
}
