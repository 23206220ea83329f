package dev.onbehalf.spring;

import java.util.stream.Stream;

/**
 * Notices queries in a callback of a {@link java.util.concurrent.CompletableFuture} that has no
 * executor ({@code thenApply}). It runs on whichever thread completes the future, as whoever is
 * bound there: on a shared future, as somebody else. For tests, since it walks the stack, each time
 * that somebody is bound or asks for a connection.
 *
 * <p>Who registered the callback can't be seen, so it is refused to everybody, also where it would
 * happen to be right. What can't be seen at all: the callback of a future that is complete already,
 * which runs at once; one that was handed to an executor by the thread that completed the future
 * ({@code thenApplyAsync}); those of other libraries' futures; and a query in a transaction, which
 * asks for no connection.
 */
final class CallbackCheck {
  private static final StackWalker STACK = StackWalker.getInstance();

  private static volatile boolean on;

  private CallbackCheck() {}

  /** From now on, in this JVM, it is noted where somebody is bound. */
  static void switchOn() {
    on = true;
  }

  /** How many callers there are of whoever binds somebody at this moment; zero when off. */
  static int depth() {
    return on ? STACK.walk(CallbackCheck::callersOfBinding) : 0;
  }

  /** Not counting what binds: it has returned when the work runs. */
  private static int callersOfBinding(Stream<StackWalker.StackFrame> frames) {
    return (int) frames.dropWhile(CallbackCheck::binds).count();
  }

  private static boolean binds(StackWalker.StackFrame frame) {
    return frame.getClassName().startsWith("dev.onbehalf.spring.")
        || frame.getClassName().startsWith("io.micrometer.context.");
  }

  /**
   * @throws IllegalStateException when a future's callbacks are being called between where the
   *     person was bound and here
   */
  static void check(Acting acting) {
    long depth = STACK.walk(Stream::count);
    boolean callback =
        STACK.walk(
            frames -> frames.limit(depth - acting.depth()).anyMatch(CallbackCheck::callsCallbacks));
    if (callback) {
      throw new IllegalStateException(
          """
          This query is in a callback that runs on the thread that happens to complete its future, \
          and so as %s, whoever asked for it. Give the callback an executor that carries who did: \
          thenApplyAsync(work, ContextSnapshotFactory.builder().build().captureAll().wrapExecutor(executor)). \
          To have no such check, set onbehalf.identity.check-callbacks=false.\
          """
              .formatted(acting));
    }
  }

  private static boolean callsCallbacks(StackWalker.StackFrame frame) {
    return frame.getClassName().equals("java.util.concurrent.CompletableFuture")
        && frame.getMethodName().equals("postComplete");
  }
}
