package dev.onbehalf.library;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * These tests' other applications start as if the libraries that keep tables were not on the class
 * path. One that has them says {@code test.libraries=true}.
 */
final class LibrariesOnRequest implements AutoConfigurationImportFilter, EnvironmentAware {
  static final String ON = "test.libraries=true";

  private static final Pattern LIBRARIES =
      Pattern.compile(
          "org\\.springframework\\.(boot\\.(batch|quartz|session)|modulith)\\..*"
              + "|dev\\.onbehalf\\..*\\.OnBehalf(Batch|Modulith|Quartz|Session|ShedLock)\\w+");

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    boolean on =
        Optional.ofNullable(environment)
            .map(it -> it.getProperty("test.libraries", Boolean.class, false))
            .orElse(false);
    boolean[] matches = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      String name = classes[i];
      matches[i] = on || name == null || !LIBRARIES.matcher(name).matches();
    }
    return matches;
  }
}
