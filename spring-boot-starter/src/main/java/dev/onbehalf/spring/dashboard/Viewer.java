package dev.onbehalf.spring.dashboard;

import java.util.function.Supplier;

/** One who looks at the picture. */
interface Viewer {
  /**
   * Hands over a message unless the viewer has not taken the last one yet; waits for nothing.
   *
   * @param all the whole picture, for who has missed something
   * @param change what has changed
   * @return false if the viewer has gone, or is given up
   */
  boolean show(Supplier<byte[]> all, byte[] change);

  /** Whose it is; empty where that is not known. */
  String owner();

  /** Ends it. */
  void end();
}
