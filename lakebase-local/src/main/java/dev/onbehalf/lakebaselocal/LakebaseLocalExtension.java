package dev.onbehalf.lakebaselocal;

import java.time.Clock;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs a {@link LakebaseLocal} for a test class (JUnit 5 or newer): starts it before the first
 * test, clears its faults after each, closes it after the last.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LakebaseLocalExtension LAKEBASE =
 *     LakebaseLocalExtension.builder().user("alice@example.com").build();
 *
 * @Test
 * void aliceLogsIn(LakebaseLocal lakebase) { ... } // or LAKEBASE.get()
 * }</pre>
 *
 * <p>The field must be static: one start takes seconds. Test classes that run at the same time each
 * have their own; within one, the threads of its tests share it.
 */
public final class LakebaseLocalExtension
    implements BeforeAllCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver,
        Supplier<LakebaseLocal> {

  private record Running(LakebaseLocal lakebase, String startedBy) {}

  private final LakebaseLocal.Builder settings;
  private volatile @Nullable Running running;

  private LakebaseLocalExtension(LakebaseLocal.Builder settings) {
    this.settings = settings;
  }

  /** Begins to describe an instance. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The running instance.
   *
   * @throws IllegalStateException before the first test and after the last, or when the field that
   *     holds the extension is not static
   */
  @Override
  public LakebaseLocal get() {
    Running current = running;
    if (current == null) {
      throw new IllegalStateException(
          "No lakebase-local runs now: is this a static field with @RegisterExtension, and is this"
              + " within a test?");
    }
    return current.lakebase();
  }

  /** Called for nested test classes too; the outermost one counts. */
  @Override
  public void beforeAll(ExtensionContext context) {
    if (running == null) {
      running = new Running(settings.start(), context.getUniqueId());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    get().faults().clear();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Running current = running;
    if (current != null && current.startedBy().equals(context.getUniqueId())) {
      running = null;
      current.lakebase().close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LakebaseLocal.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return get();
  }

  /** The settings of {@link LakebaseLocal.Builder}. */
  public static final class Builder {
    private final LakebaseLocal.Builder settings = LakebaseLocal.builder();

    private Builder() {}

    /** As {@link LakebaseLocal.Builder#user}. */
    public Builder user(String email) {
      settings.user(email);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#personWithoutRole}. */
    public Builder personWithoutRole(String email) {
      settings.personWithoutRole(email);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#passwordRole}. */
    public Builder passwordRole(String name, String password) {
      settings.passwordRole(name, password);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#database}. */
    public Builder database(String name) {
      settings.database(name);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#maxConnections}. */
    public Builder maxConnections(int maxConnections) {
      settings.maxConnections(maxConnections);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#clock}. */
    public Builder clock(Clock clock) {
      settings.clock(clock);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#logins}. */
    public Builder logins(BiPredicate<String, String> check) {
      settings.logins(check);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#grant}. */
    public Builder grant(String group) {
      settings.grant(group);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#sql}. */
    public Builder sql(String statements) {
      settings.sql(statements);
      return this;
    }

    /** As {@link LakebaseLocal.Builder#administratorSql}. */
    public Builder administratorSql(String statements) {
      settings.administratorSql(statements);
      return this;
    }

    /** The extension; it starts nothing yet. */
    public LakebaseLocalExtension build() {
      return new LakebaseLocalExtension(settings);
    }
  }
}
