package dev.onbehalf.playground;

import dev.onbehalf.lakebase.ForwardedIdentity;
import dev.onbehalf.lakebase.IdentityHeaders;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.pool.UserPool;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Gives a controller the connections of the person behind the request, once that is proved. */
final class UserPoolResolver implements HandlerMethodArgumentResolver {
  /** The request attribute that holds the proved user's name. */
  static final String USER = "dev.onbehalf.user";

  private final Lakebase lakebase;
  private final IdentityHeaders headers;

  UserPoolResolver(Lakebase lakebase, IdentityHeaders headers) {
    this.lakebase = lakebase;
    this.headers = headers;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == UserPool.class;
  }

  @Override
  public UserPool resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binderFactory) {
    ForwardedIdentity identity = headers.read(name -> values(request, name));
    UserPool pool = lakebase.asUser(identity.forwardedBy(sender(request)));
    request.setAttribute(USER, pool.user(), RequestAttributes.SCOPE_REQUEST);
    return pool;
  }

  /** The other end of the connection; a literal address, so nothing is looked up. */
  private static InetAddress sender(NativeWebRequest request) {
    HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
    if (servletRequest == null) {
      throw new IllegalStateException("Not a servlet request");
    }
    try {
      return InetAddress.getByName(servletRequest.getRemoteAddr());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("The server knows no address of its peer", e);
    }
  }

  private static List<String> values(NativeWebRequest request, String header) {
    String[] values = request.getHeaderValues(header);
    return values == null ? List.of() : List.of(values);
  }
}
