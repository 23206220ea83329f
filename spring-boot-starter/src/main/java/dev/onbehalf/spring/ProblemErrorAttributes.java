package dev.onbehalf.spring;

import dev.onbehalf.servlet.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;

/**
 * Spring Boot's error attributes, and where the page is that of a problem, its {@code type}, {@code
 * title}, {@code detail} and {@code user}. They say to the person what the JSON says, and no more.
 * An application with {@code ErrorAttributes} of its own has them by extending this.
 */
public class ProblemErrorAttributes extends DefaultErrorAttributes {
  @Override
  public Map<String, @Nullable Object> getErrorAttributes(
      WebRequest request, ErrorAttributeOptions options) {
    Map<String, @Nullable Object> attributes = super.getErrorAttributes(request, options);
    Problem problem =
        request instanceof ServletWebRequest servlet
            ? ProblemPages.problemOf(servlet.getRequest())
            : null;
    if (problem != null) {
      attributes.put("type", problem.type());
      attributes.put("title", problem.title());
      attributes.put("detail", problem.detail());
      attributes.put("message", problem.detail()); // of which Boot's own page makes use
      attributes.put("user", problem.user());
    }
    return attributes;
  }
}
