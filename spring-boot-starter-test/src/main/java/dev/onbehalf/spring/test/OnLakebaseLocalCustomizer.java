package dev.onbehalf.spring.test;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.util.ClassUtils;

/** The same for every test, whoever its user is, so that tests share their applications. */
record OnLakebaseLocalCustomizer() implements ContextCustomizer {
  private static final String MOCK_MVC =
      "org.springframework.boot.webmvc.test.autoconfigure.MockMvcBuilderCustomizer";

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
    Map<String, Object> variables = new LinkedHashMap<>(TestLakebase.get().environment());
    variables.put("PGUSER", ""); // a developer's own
    variables.put("PGPASSWORD", "");
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("lakebase-local", variables));
    context
        .getEnvironment()
        .getPropertySources()
        .addLast(
            new MapPropertySource(
                "onbehalf-test", Map.of("onbehalf.identity.check-callbacks", "true")));
    ConfigurableListableBeanFactory beans = context.getBeanFactory();
    beans.registerSingleton("onBehalfTestLakebase", TestLakebase.get());
    if (ClassUtils.isPresent(MOCK_MVC, context.getClassLoader())) {
      beans.registerSingleton("onBehalfMockMvcIdentity", new MockMvcIdentity());
    }
  }
}
