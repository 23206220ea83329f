package dev.onbehalf.spring.autoconfigure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/**
 * What a native image can't know: whom Hibernate makes by name, what refusals are asked for by
 * reflection, which settings there are, a proxy, and files.
 */
final class NativeHints implements RuntimeHintsRegistrar {
  private static final String SESSION_GUARD = "dev.onbehalf.spring.SessionGuard";
  private static final String PUBLICATIONS =
      "org.springframework.modulith.events.core.EventPublicationRepository";

  private record Getter(String type, String method) {}

  /** The SQL of a statement that failed; where a DataSource leads. */
  private static final List<Getter> GETTERS =
      List.of(
          new Getter("org.springframework.jdbc.BadSqlGrammarException", "getSql"),
          new Getter("org.springframework.jdbc.UncategorizedSQLException", "getSql"),
          new Getter("org.hibernate.JDBCException", "getSQL"),
          new Getter(
              "org.springframework.jdbc.datasource.DelegatingDataSource", "getTargetDataSource"),
          new Getter("org.springframework.jdbc.datasource.AbstractDriverBasedDataSource", "getUrl"),
          new Getter("com.zaxxer.hikari.HikariConfig", "getDataSource"),
          new Getter("com.zaxxer.hikari.HikariConfig", "getJdbcUrl"),
          new Getter("org.postgresql.ds.common.BaseDataSource", "getURL"));

  private static final String FILTER_PROXY = "org.springframework.web.filter.DelegatingFilterProxy";

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
    if (ClassUtils.isPresent("org.hibernate.SessionEventListener", loader)) {
      hints
          .reflection()
          .registerType(TypeReference.of(SESSION_GUARD), MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    }
    hints
        .reflection()
        .registerType(OnBehalfProperties.class, MemberCategory.ACCESS_DECLARED_FIELDS);
    hints.resources().registerPattern("dev/onbehalf/spring/dashboard/*"); // the page's files
    for (Getter getter : GETTERS) {
      if (ClassUtils.isPresent(getter.type(), loader)) {
        hints
            .reflection()
            .registerType(
                TypeReference.of(getter.type()),
                type -> type.withMethod(getter.method(), List.of(), ExecutableMode.INVOKE));
      }
    }
    if (ClassUtils.isPresent(FILTER_PROXY, loader)) {
      hints
          .reflection()
          .registerType(
              TypeReference.of(FILTER_PROXY), type -> type.withField(IdentityFilters.TARGET));
    }
    if (ClassUtils.isPresent(PUBLICATIONS, loader)) {
      hints
          .proxies()
          .registerJdkProxy(
              AopProxyUtils.completeJdkProxyInterfaces(
                  ClassUtils.resolveClassName(PUBLICATIONS, loader)));
    }
  }
}
