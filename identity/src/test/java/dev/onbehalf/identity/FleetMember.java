package dev.onbehalf.identity;

import dev.onbehalf.pool.UserPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One instance, in a process of its own: {@code FleetMember port limit folder threads seed}. Its
 * threads work for people at random, and it does what it is told line by line:
 *
 * <pre>
 *   revoke p3         told, or not told
 *   use p3            used, or what they met
 *   keep p3           the same, and keeps their pool
 *   lend p3           lent, from that pool, or what they met
 *   begun p3-17       when the person with that token was last lent something: the time at which
 *                     they asked; 0 for never
 *   counts            how often people were served, refused and failed, and the status
 *   idle              no work from here on
 *   end               closes all
 * </pre>
 *
 * Which token a person has, and that it is good, says a file of their name in the folder. Times are
 * the machine's own, which all processes share ({@code CLOCK_MONOTONIC}).
 */
public final class FleetMember {
  private final Path folder;
  private final OnBehalfDatabase database;
  private final Map<String, Long> begun = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final LongAdder served = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private @Nullable UserPool kept;
  private volatile boolean idle;

  private FleetMember(int port, int limit, Path folder) {
    this.folder = folder;
    database =
        OnBehalfDatabase.of(
            FleetServer.settings(port)
                .fleetMaxConnections(limit)
                .connectionTimeout(Duration.ofSeconds(15))
                .build(),
            FleetServer.platform(
                identity -> {
                  if (!identity.accessToken().reveal().equals(token(identity.address()))) {
                    throw new IdentityException(
                        IdentityException.Reason.TOKEN_REFUSED, "The token has ended");
                  }
                  return new IdentityVerifier.Proof(identity.address(), Instant.MAX);
                }));
  }

  public static void main(String[] arguments) throws IOException {
    FleetMember member =
        new FleetMember(
            Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]));
    long seed = Long.parseLong(arguments[4]);
    for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
      Random random = new Random(seed + i);
      Thread thread = new Thread(() -> member.work(random));
      thread.setDaemon(true);
      thread.start();
    }
    member.obey();
  }

  private String token(String person) {
    try {
      return Files.readString(folder.resolve(person));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void work(Random random) {
    while (!idle) {
      String person = "p" + random.nextInt(FleetServer.PEOPLE - 1); // the last one is the test's
      String token = token(person);
      try {
        serve(person, token, random);
        served.increment();
      } catch (IdentityException e) {
        refused.increment();
      } catch (SQLException | RuntimeException e) {
        if (isRefusal(e)) {
          refused.increment();
        } else {
          failures.computeIfAbsent(say(e), key -> new LongAdder()).increment();
        }
      }
    }
  }

  private void serve(String person, String token, Random random) throws SQLException {
    // First: who was believed before their sign-out, and is delayed, may meet their own next
    // sign-in.
    long asked = System.nanoTime();
    UserPool pool = database.asUser(FleetServer.identity(person, token));
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      begun.merge(token, asked, Math::max);
      statement.execute(
          random.nextInt(20) == 0 ? "SELECT pg_sleep(0.1)" : "SELECT pg_sleep(0.002)");
    }
  }

  /** What a person meets who signed out between their proof and their connection. */
  private static boolean isRefusal(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IdentityException) {
        return true;
      }
    }
    return String.valueOf(e.getMessage()).contains("is closed");
  }

  private static String say(Exception e) {
    return (e.getClass().getSimpleName() + " " + e.getMessage()).replaceAll("\\s+", " ");
  }

  private void obey() throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] words = line.split(" ", -1);
      System.out.println(
          switch (words[0]) {
            case "revoke" -> revoke(words[1]);
            case "use" -> use(words[1]);
            case "keep" -> keep(words[1]);
            case "lend" -> lend(words[1]);
            case "begun" -> Long.toString(begun.getOrDefault(words[1], 0L));
            case "counts" ->
                served.sum()
                    + " "
                    + refused.sum()
                    + " "
                    + database.fleetStatus().orElseThrow()
                    + " "
                    + failures;
            case "idle" -> {
              idle = true;
              yield "idle";
            }
            default -> {
              idle = true;
              database.close();
              yield "ended";
            }
          });
    }
  }

  private String use(String person) {
    try {
      serve(person, token(person), new Random(0));
      return "used";
    } catch (SQLException | RuntimeException e) {
      return say(e);
    }
  }

  private String keep(String person) {
    try {
      UserPool pool = database.asUser(FleetServer.identity(person, token(person)));
      pool.getConnection().close();
      kept = pool;
      return "used";
    } catch (SQLException | RuntimeException e) {
      return say(e);
    }
  }

  /** By what was known of them then. */
  private String lend(String person) {
    UserPool pool = Objects.requireNonNull(kept, person);
    try {
      pool.getConnection(Duration.ofSeconds(1)).close();
      return "lent";
    } catch (SQLException | RuntimeException e) {
      return say(e);
    }
  }

  private String revoke(String person) {
    try {
      database.revoke(person);
      return "told";
    } catch (SignOutNotToldException e) {
      return "not told";
    }
  }
}
