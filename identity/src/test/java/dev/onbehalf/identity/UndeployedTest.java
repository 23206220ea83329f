package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A servlet container lets an application's classes go when it is undeployed, unless a thread keeps
 * them: each has the class loader of who started it, and the JDK's own go on.
 */
@Timeout(60)
public final class UndeployedTest {

  /** Proves somebody, remembers their token, and asks an issuer that is not there. */
  public static final class Application implements Callable<Void> {
    @Override
    public Void call() {
      DatabaseSettings settings =
          DatabaseSettings.builder()
              .variable("PGHOST", "localhost")
              .variable("PGDATABASE", "nobody_asks")
              .variable("PGUSER", "app")
              .build();
      IdentityVerifier issuer = new UserinfoIdentityVerifier("http://127.0.0.1:1", "email");
      DatabaseCredential credential = new DatabaseCredential(Secret.of("x"), Instant.MAX);
      Platform platform =
          Platform.of(
              identity -> {
                try {
                  issuer.verify(identity);
                } catch (IssuerUnavailableException e) {
                  // as is meant
                }
                return new IdentityVerifier.Proof("alice@example.com", Instant.MAX);
              },
              (user, token) -> credential,
              () -> credential);
      try (OnBehalfDatabase database = OnBehalfDatabase.of(settings, platform)) {
        database.asUser(new ForwardedIdentity("alice@example.com", Secret.of("token")));
      }
      return null;
    }
  }

  /** The container's, which has all but the application's own. */
  private static final class Shared extends ClassLoader {
    Shared() {
      super(UndeployedTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("dev.onbehalf.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @Test
  void noThreadHasTheClassLoaderOfAnApplicationThatIsClosed() throws Exception {
    URL[] application =
        Stream.of(Application.class, OnBehalfDatabase.class, UserPoolManager.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
            .toArray(URL[]::new);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(application, new Shared())) {
      thread.setContextClassLoader(loader);
      try {
        Class<?> type = loader.loadClass(Application.class.getName());
        ((Callable<?>) type.getDeclaredConstructor().newInstance()).call();
      } finally {
        thread.setContextClassLoader(before);
      }
      await().untilAsserted(() -> assertThat(threadsOf(loader)).isEmpty());
    }
  }

  /** But for those of the HTTP client that end when they have been idle for a minute. */
  private static List<String> threadsOf(ClassLoader loader) {
    System.gc(); // a client ends when nobody has it any more
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getContextClassLoader() == loader)
        .map(Thread::getName)
        .filter(name -> !name.matches("HttpClient-\\d+-Worker-\\d+"))
        .toList();
  }
}
