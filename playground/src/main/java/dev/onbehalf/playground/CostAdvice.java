package dev.onbehalf.playground;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.spring.OnBehalf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Says with each answer what it cost, up to its first byte, and in the log that a person's pool was
 * reused. When it is made and when it is gone the pool says itself.
 */
@ControllerAdvice
class CostAdvice implements ResponseBodyAdvice<Object> {
  /** The pool's, whose lines these stand between. */
  private static final Logger log = LoggerFactory.getLogger("dev.onbehalf.pool");

  private final OnBehalf onBehalf;
  private final OnBehalfDatabase database;

  CostAdvice(OnBehalf onBehalf, OnBehalfDatabase database) {
    this.onBehalf = onBehalf;
    this.database = database;
  }

  @Override
  public boolean supports(
      MethodParameter type, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter type,
      MediaType contentType,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    CostMeter.current().ifPresent(cost -> tell(cost, response));
    return body;
  }

  private void tell(RequestCost cost, ServerHttpResponse response) {
    response.getHeaders().set("Server-Timing", cost.serverTiming());
    if (cost.isReuse()) {
      onBehalf.currentUser().ifPresent(this::logReuse);
    }
  }

  private void logReuse(String user) {
    PoolStatistics now = database.statistics();
    log.debug("Pool of \"{}\" reused: {} users, {} connections", user, now.users(), now.total());
  }
}
