package dev.onbehalf.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The other end of a request's connection. */
final class Sender {
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";

  /**
   * What {@link InetAddress#getByName} takes for an address, or for a wrong one, and never asks.
   */
  private static final Pattern LITERAL =
      Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}|[\\da-fA-F]*:.*");

  /** The latest one: behind a proxy it is nearly always the next one too. */
  private static volatile Sender latest = new Sender("", null);

  private final String text;
  private final @Nullable InetAddress address;

  private Sender(String text, @Nullable InetAddress address) {
    this.text = text;
    this.address = address;
  }

  /**
   * As the server says it: a filter that reads the sender from headers wraps the request. Null when
   * it has no address.
   */
  static @Nullable InetAddress of(ServletRequest request) {
    return literal(servers(request).getRemoteAddr());
  }

  /** The request that the server made, without what filters put around it. */
  static ServletRequest servers(ServletRequest request) {
    ServletRequest servers = request;
    while (servers instanceof ServletRequestWrapper wrapper) {
      servers = wrapper.getRequest();
    }
    return servers;
  }

  /**
   * A server that reads the sender from headers passes on what was sent, and a name would be looked
   * up for a stranger. What is empty or null would be this machine.
   */
  static @Nullable InetAddress literal(@Nullable String address) {
    if (address == null) {
      return null;
    }
    Sender sender = latest;
    if (!sender.text.equals(address)) {
      sender = new Sender(address, read(address));
      latest = sender;
    }
    return sender.address;
  }

  private static @Nullable InetAddress read(String address) {
    if (!LITERAL.matcher(address).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
