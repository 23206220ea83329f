package dev.onbehalf.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs the application of a Spring test on a {@code lakebase-local}, which starts once for the test
 * run and is one database for all of its tests. Nobody is bound: that is {@link WithUser}, which
 * includes this.
 *
 * <pre>{@code
 * @SpringBootTest
 * @OnLakebaseLocal
 * class OrdersTest {
 *   @Autowired LakebaseLocal lakebase; // for tokens, faults, and a superuser's hands
 * }
 * }</pre>
 *
 * The application finds {@code PGHOST} and the other variables of {@code LakebaseLocal}'s {@code
 * environment()} in its own environment, before all others.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OnLakebaseLocal {}
