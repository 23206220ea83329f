package dev.onbehalf.pool.internal.jdbc;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** The methods of Object on a dynamic proxy: it equals itself only. */
final class Identity {
  private Identity() {}

  static Object invoke(
      Object proxy, Method method, Object @Nullable [] arguments, Object delegate) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "pooled " + delegate;
    };
  }
}
