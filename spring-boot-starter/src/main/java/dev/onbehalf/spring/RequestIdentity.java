package dev.onbehalf.spring;

import dev.onbehalf.lakebase.ForwardedIdentity;
import dev.onbehalf.lakebase.IdentityHeaders;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads who a request says it comes from. */
final class RequestIdentity {
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";

  /**
   * What {@link InetAddress#getByName} takes for an address, or for a wrong one, and never asks.
   */
  private static final Pattern LITERAL =
      Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}|[\\da-fA-F]*:.*");

  private RequestIdentity() {}

  static ForwardedIdentity of(HttpServletRequest request, IdentityHeaders headers) {
    return headers.read(name -> Collections.list(request.getHeaders(name)), sender(request));
  }

  /**
   * The other end of the connection, as the server says it: a filter that reads the sender from
   * headers wraps the request. Null when it has no address.
   */
  private static @Nullable InetAddress sender(ServletRequest request) {
    ServletRequest servers = request;
    while (servers instanceof ServletRequestWrapper wrapper) {
      servers = wrapper.getRequest();
    }
    return literal(servers.getRemoteAddr());
  }

  /**
   * A server that reads the sender from headers passes on what was sent, and a name would be looked
   * up for a stranger. What is empty or null would be this machine.
   */
  static @Nullable InetAddress literal(@Nullable String address) {
    if (address == null || !LITERAL.matcher(address).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
