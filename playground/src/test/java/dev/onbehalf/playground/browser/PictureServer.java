package dev.onbehalf.playground.browser;

import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.pool.PoolStatisticsSource;
import dev.onbehalf.spring.dashboard.AcquireTimes;
import dev.onbehalf.spring.dashboard.DashboardServlet;
import dev.onbehalf.spring.dashboard.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;

/** The picture of pools that are made up, on a server of its own. */
final class PictureServer implements AutoCloseable {
  private final Tomcat tomcat = new Tomcat();
  private final Watch watch;

  PictureServer(PoolStatisticsSource pools, Supplier<Optional<FleetStatus>> fleet)
      throws IOException, LifecycleException {
    Path folder = Files.createTempDirectory("picture").toAbsolutePath();
    watch = new Watch(pools, new AcquireTimes(), fleet, true, user -> false);
    watch.start();
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", folder.toString());
    Wrapper servlet =
        Tomcat.addServlet(context, "picture", new DashboardServlet(watch, Optional::empty));
    servlet.setAsyncSupported(true);
    servlet.addMapping("/picture/*");
    tomcat.start();
  }

  String url() {
    return "http://127.0.0.1:%s/picture/index.html".formatted(tomcat.getConnector().getLocalPort());
  }

  @Override
  public void close() throws LifecycleException {
    watch.stop();
    tomcat.stop();
    tomcat.destroy();
  }
}
