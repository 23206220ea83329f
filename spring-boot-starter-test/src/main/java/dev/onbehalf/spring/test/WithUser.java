package dev.onbehalf.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a Spring test, or all of a class, on behalf of a person, on {@link OnLakebaseLocal}: the
 * test's queries run as them, with real Row-Level Security.
 *
 * <pre>{@code
 * @SpringBootTest
 * class OrdersTest {
 *   @Test
 *   @WithUser("alice@example.com")
 *   void aliceSeesHerOrders(@Autowired Orders orders) { ... }
 * }
 * }</pre>
 *
 * <p>The person gets a role when they are first named, and membership of {@code onbehalf.group} if
 * that is set. They are bound around {@code @BeforeEach}, the test and {@code @AfterEach}, on the
 * test's own thread, and before the transaction of a {@code @Transactional} test begins. Requests
 * through {@code MockMvc} carry their identity. The annotation of a method wins over that of its
 * class.
 */
@Documented
@Inherited
@OnLakebaseLocal
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface WithUser {
  /** The person's address, which is the name of their role. */
  String value();
}
