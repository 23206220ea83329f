package dev.onbehalf.pool;

import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.internal.StubDriver;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A servlet container lets an application's classes go when it is undeployed, unless somebody keeps
 * them who stays: a driver in the container's own folder, a thread.
 */
@Timeout(20)
public final class UndeployedTest {

  /** The pool of one application, by a driver that all have. */
  public static final class Application implements Callable<Void> {
    private final Function<String, Connection> driver;

    @SuppressWarnings("unused") // by reflection, in another loader
    public Application(Function<String, Connection> driver) {
      this.driver = driver;
    }

    @Override
    public Void call() throws Exception {
      try (UserPoolManager manager =
              UserPoolManager.builder(
                      (user, credential) -> driver.apply(user), user -> Secret.of("secret"))
                  .allowRlsBypass(true)
                  .build();
          Connection connection = manager.getPool("alice").getConnection()) {
        connection.setReadOnly(false);
      }
      return null;
    }
  }

  /** The container's, which has all but the pool. */
  private static final class Shared extends ClassLoader {
    Shared() {
      super(UndeployedTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean isDriver = name.contains(".StubDriver") || name.contains(".PlainConnection");
      if (name.startsWith("dev.onbehalf.") && !isDriver) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }

  @Test
  void nothing_keeps_the_classes_of_an_application_whose_pool_is_closed() throws Exception {
    WeakReference<ClassLoader> loader = deployAndUndeploy();
    await()
        .until(
            () -> {
              System.gc();
              return loader.get() == null;
            });
  }

  private static WeakReference<ClassLoader> deployAndUndeploy() throws Exception {
    URL[] application = {location(Application.class), location(UserPoolManager.class)};
    URLClassLoader loader = new URLClassLoader(application, new Shared());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Function<String, Connection> driver = user -> StubDriver.connection(user, closed -> {});
      ((Callable<?>)
              loader
                  .loadClass(Application.class.getName())
                  .getDeclaredConstructor(Function.class)
                  .newInstance(driver))
          .call();
    } finally {
      thread.setContextClassLoader(before);
    }
    loader.close();
    return new WeakReference<>(loader);
  }

  private static URL location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }
}
