package dev.onbehalf.pool;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.internal.StubDriver;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
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

  /** Loads the pool anew; all else is its parent's. */
  private static final class Loader extends ClassLoader {
    Loader(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean shared =
          !name.startsWith("dev.onbehalf.")
              || name.startsWith("dev.onbehalf.pool.internal.Stub")
              || name.startsWith("dev.onbehalf.pool.internal.Plain");
      if (shared) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream bytes = requireNonNull(getParent().getResourceAsStream(file), file)) {
        byte[] code = bytes.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
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
    ClassLoader loader = new Loader(UndeployedTest.class.getClassLoader());
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
    return new WeakReference<>(loader);
  }
}
