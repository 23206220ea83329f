package dev.onbehalf.spring;

import dev.onbehalf.lakebase.ForwardedIdentity;
import dev.onbehalf.lakebase.IdentityHeaders;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;

/** Reads who a request says it comes from. */
final class RequestIdentity {
  private RequestIdentity() {}

  static ForwardedIdentity of(HttpServletRequest request, IdentityHeaders headers) {
    return headers.read(name -> Collections.list(request.getHeaders(name)), sender(request));
  }

  /** The other end of the connection; a literal address, so nothing is looked up. */
  private static InetAddress sender(HttpServletRequest request) {
    try {
      return InetAddress.getByName(request.getRemoteAddr());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("The server knows no address of its peer", e);
    }
  }
}
