package dev.onbehalf.benchmarks.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * One thread's requests.
 *
 * @param requests whose request is next, and when it is due, asked with the time of the run
 * @param isPaced whether requests come at a fixed pace, few in a second
 * @param counted whether the result counts them
 */
record Client(LongFunction<Request> requests, boolean isPaced, boolean counted) {

  /**
   * A request.
   *
   * @param due when it should be made, in nanoseconds since the run began; its time counts from
   *     then
   */
  record Request(String user, long due) {}

  /** One request after the other. */
  static Client busy(Supplier<String> users) {
    return new Client(now -> new Request(users.get(), now), false, true);
  }

  /** The same, and nothing of it counts. */
  static Client uncounted(Supplier<String> users) {
    return new Client(now -> new Request(users.get(), now), false, false);
  }

  /** One request each so often. */
  static Client paced(String user, Duration pace) {
    LongFunction<Request> requests =
        new LongFunction<>() {
          private long due;

          @Override
          public Request apply(long now) {
            due += pace.toNanos();
            return new Request(user, due);
          }
        };
    return new Client(requests, true, true);
  }

  /**
   * Requests that come when they come, whether or not others have been served. Each thread takes
   * the next of them and waits until it is due; with more threads than requests are ever in
   * progress nobody waits for a thread, and should one do so, the wait counts.
   */
  static List<Client> arriving(Supplier<Request> requests, int threads) {
    List<Client> clients = new ArrayList<>();
    Supplier<Request> shared = shared(requests);
    for (int i = 0; i < threads; i++) {
      clients.add(new Client(now -> shared.get(), false, true));
    }
    return clients;
  }

  /** The same for several threads. */
  static <T> Supplier<T> shared(Supplier<T> supplier) {
    Object lock = new Object();
    return () -> {
      synchronized (lock) {
        return supplier.get();
      }
    };
  }
}
