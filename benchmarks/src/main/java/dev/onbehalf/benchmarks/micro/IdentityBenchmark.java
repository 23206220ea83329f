package dev.onbehalf.benchmarks.micro;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a proved request costs before it comes to the pool, its proof being cached. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class IdentityBenchmark {
  private static final String ALICE = "alice@example.com";

  /** Bytes of the access token; a JWT of a workspace has about 900. */
  @Param({"900", "2400"})
  int token = 1;

  private Map<String, List<String>> headers = Map.of();
  private final OnBehalfDatabase database = database();
  private ForwardedIdentity identity = new ForwardedIdentity(ALICE, Secret.of("t"));

  private static OnBehalfDatabase database() {
    DatabaseCredential credential = new DatabaseCredential(Secret.of("t"), Instant.MAX);
    return OnBehalfDatabase.of(
        DatabaseSettings.builder()
            .variable("PGHOST", "localhost")
            .variable("PGDATABASE", "nobody_asks")
            .variable("PGUSER", "app")
            .build(),
        Platform.of(
            forwarded -> new Proof(ALICE, Instant.MAX),
            (user, token) -> credential,
            () -> credential));
  }

  private ForwardedIdentity read() {
    return IdentityHeaders.STANDARD.read(name -> headers.getOrDefault(name, List.of()));
  }

  @Setup(Level.Trial)
  public void start() {
    headers =
        Map.of(
            IdentityHeaders.STANDARD.address(), List.of(ALICE),
            IdentityHeaders.STANDARD.accessToken(), List.of("t".repeat(token)));
    identity = read();
  }

  @TearDown(Level.Trial)
  public void stop() {
    database.close();
  }

  /** The proof: the token's hash, a look into the cache, the comparison of addresses. */
  @Benchmark
  public UserPool asUser() {
    return database.asUser(identity);
  }

  /** The same with the reading of both headers, as each request does it. */
  @Benchmark
  public UserPool readHeadersAndAsUser() {
    return database.asUser(read());
  }
}
