package dev.onbehalf.lakebaselocal;

import java.time.Clock;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A {@link LakebaseLocal} for a JUnit test class. */
@SuppressWarnings("DoNotCallSuggester") // the first cut: the names stand, the inside comes next
public final class LakebaseLocalExtension
    implements BeforeAllCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver,
        Supplier<LakebaseLocal> {

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public LakebaseLocal get() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void beforeAll(ExtensionContext context) {}

  @Override
  public void afterEach(ExtensionContext context) {}

  @Override
  public void afterAll(ExtensionContext context) {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LakebaseLocal.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return get();
  }

  /** As {@link LakebaseLocal.Builder}. */
  public static final class Builder {
    private final LakebaseLocal.Builder settings = LakebaseLocal.builder();

    Builder() {}

    public Builder user(String email) {
      settings.user(email);
      return this;
    }

    public Builder personWithoutRole(String email) {
      settings.personWithoutRole(email);
      return this;
    }

    public Builder passwordRole(String name, String password) {
      settings.passwordRole(name, password);
      return this;
    }

    public Builder database(String name) {
      settings.database(name);
      return this;
    }

    public Builder maxConnections(int maxConnections) {
      settings.maxConnections(maxConnections);
      return this;
    }

    public Builder clock(Clock clock) {
      settings.clock(clock);
      return this;
    }

    public LakebaseLocalExtension build() {
      return new LakebaseLocalExtension();
    }
  }
}
