package dev.onbehalf.lakebase;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.TestPlatform;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A database and its workspace, set up at once, as {@link Lakebase#fromEnvironment} does. */
final class TestDatabase {
  private TestDatabase() {}

  record Settings(DatabaseSettings database, LakebaseSettings lakebase) {}

  static Settings settings(Map<String, String> environment) {
    return builder().environment(environment).build();
  }

  static Builder builder() {
    return new Builder();
  }

  static OnBehalfDatabase of(Settings settings) {
    return of(settings, Clock.systemUTC());
  }

  static OnBehalfDatabase of(Settings settings, Clock clock) {
    return TestPlatform.database(settings.database, Lakebase.of(settings.lakebase, clock), clock);
  }

  static final class Builder {
    private final DatabaseSettings.Builder database = DatabaseSettings.builder();
    private final LakebaseSettings.Builder lakebase = LakebaseSettings.builder();

    Builder environment(Map<String, String> environment) {
      database.environment(environment);
      lakebase.environment(environment);
      return this;
    }

    Builder variable(String name, @Nullable String value) {
      database.variable(name, value);
      lakebase.variable(name, value);
      return this;
    }

    Builder connectionTimeout(Duration timeout) {
      database.connectionTimeout(timeout);
      lakebase.timeout(timeout);
      return this;
    }

    Builder identityVerifier(IdentityVerifier verifier) {
      return with(it -> it.identityVerifier(verifier));
    }

    Builder with(Consumer<DatabaseSettings.Builder> options) {
      options.accept(database);
      return this;
    }

    Builder asking(Consumer<LakebaseSettings.Builder> options) {
      options.accept(lakebase);
      return this;
    }

    Settings build() {
      return InvalidSettingsException.together(database::build, lakebase::build, Settings::new);
    }
  }
}
