package dev.onbehalf.spring;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.http.ProblemDetail;
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
    ProblemDetail problem =
        request instanceof ServletWebRequest servlet
            ? ProblemWriter.problemOf(servlet.getRequest())
            : null;
    if (problem != null) {
      attributes.put("type", problem.getType());
      attributes.put("title", problem.getTitle());
      attributes.put("detail", problem.getDetail());
      attributes.put("message", problem.getDetail()); // of which Boot's own page makes use
      attributes.put("user", ProblemWriter.user(problem));
    }
    return attributes;
  }
}
