package dev.onbehalf.playground;

import dev.onbehalf.lakebase.ForwardedIdentity;
import dev.onbehalf.lakebase.IdentityHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Gives a controller the identity that the proxy forwarded; it is not proved yet. */
final class ForwardedIdentityResolver implements HandlerMethodArgumentResolver {
  private final IdentityHeaders headers;

  ForwardedIdentityResolver(IdentityHeaders headers) {
    this.headers = headers;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == ForwardedIdentity.class;
  }

  @Override
  public ForwardedIdentity resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binderFactory) {
    return headers.read(
        name -> {
          String[] values = request.getHeaderValues(name);
          return values == null ? List.of() : List.of(values);
        });
  }
}
