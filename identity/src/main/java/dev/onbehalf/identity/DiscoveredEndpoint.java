package dev.onbehalf.identity;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One of an issuer's endpoints, asked for when it is needed and known for five minutes.
 * Thread-safe.
 */
final class DiscoveredEndpoint {
  private static final Duration KNOWN_FOR = Duration.ofMinutes(5);

  private final IssuerMetadata metadata;
  private final String name;
  private final Clock clock;
  private volatile @Nullable Known known;

  private record Known(URI uri, Instant until) {}

  /**
   * @param name as the metadata have it, such as {@code token_endpoint}
   * @throws IllegalArgumentException if the issuer is no address over https, or over http on
   *     loopback
   */
  DiscoveredEndpoint(String issuer, String name, Clock clock) {
    this.metadata = new IssuerMetadata(issuer, SilentHttp::retrieve);
    this.name = name;
    this.clock = clock;
  }

  /**
   * Where it is.
   *
   * @throws IOException if the metadata can't be fetched
   * @throws ParseException if they don't say it
   */
  URI uri() throws IOException, ParseException {
    Known last = known;
    if (last == null || !clock.instant().isBefore(last.until())) {
      last = new Known(discover(), clock.instant().plus(KNOWN_FOR));
      known = last;
    }
    return last.uri();
  }

  private URI discover() throws IOException, ParseException {
    try {
      return metadata.address(name).toURI();
    } catch (URISyntaxException e) {
      throw new ParseException(String.valueOf(e.getMessage()), 0);
    }
  }
}
