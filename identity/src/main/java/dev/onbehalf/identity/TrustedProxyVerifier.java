package dev.onbehalf.identity;

import dev.onbehalf.identity.IdentityException.Reason;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes the proxy: a request from one of its addresses is from whom its header names.
 *
 * <pre>{@code
 * IdentityVerifier verifier = new TrustedProxyVerifier(List.of("10.0.3.0/24", "fd00::/8"));
 * }</pre>
 *
 * <p>This gives up the proof that the token is its user's. Whoever can send requests from these
 * addresses can be anybody: every process on the proxy's hosts, and everything that the proxy can
 * be talked into forwarding. Choose it only for tokens that nobody can be asked about. Thread-safe.
 */
public final class TrustedProxyVerifier implements IdentityVerifier {
  private static final Logger log = LoggerFactory.getLogger(TrustedProxyVerifier.class);

  private final List<AddressRange> proxies;

  /**
   * @param cidrs the proxy's addresses, such as {@code 10.0.3.0/24}; not empty
   * @throws IllegalArgumentException if there is none, or one is not CIDR notation (RFC 4632, 3.1)
   */
  public TrustedProxyVerifier(List<String> cidrs) {
    if (cidrs.isEmpty()) {
      throw new IllegalArgumentException(
          "Name the addresses of the trusted proxy, for example 10.0.3.0/24: without them, everybody"
              + " could say to be anybody");
    }
    proxies = cidrs.stream().map(AddressRange::parse).toList();
    log.warn(
        "Identities are believed, not proved: any request from {} is taken for the user that it"
            + " names",
        cidrs);
  }

  @Override
  public Proof verify(ForwardedIdentity identity) {
    InetAddress sender = identity.forwardedBy();
    if (sender == null || proxies.stream().noneMatch(range -> range.contains(sender))) {
      throw new IdentityException(
          Reason.UNTRUSTED_PROXY,
          "The request does not come from the identity proxy. Use the application's public address.");
    }
    return new Proof(identity.address(), Instant.MAX);
  }

  /** Never: the answer holds for one sender, and the cache knows tokens only. */
  @Override
  public boolean cacheable() {
    return false;
  }
}
