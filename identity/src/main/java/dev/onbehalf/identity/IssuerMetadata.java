package dev.onbehalf.identity;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import dev.onbehalf.identity.internal.SettingsReader;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.Map;

/**
 * What an issuer says of itself (OpenID Connect Discovery 1.0, section 4), fetched each time: who
 * asks keeps it as long as they like. Nothing is fetched before it is asked for. Thread-safe.
 */
final class IssuerMetadata {
  private final String issuer;
  private final URL metadata;
  private final ResourceRetriever retriever;

  /**
   * @throws IllegalArgumentException if the issuer is no address over https, or over http on
   *     loopback
   */
  IssuerMetadata(String issuer, ResourceRetriever retriever) {
    this.issuer = issuer;
    this.retriever = retriever;
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    URI uri = URI.create(base + "/.well-known/openid-configuration");
    if (uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("An issuer has no query and no fragment: " + issuer);
    }
    this.metadata = secure(uri);
  }

  /** Whoever changes keys on their way signs tokens; who reads tokens on theirs has them. */
  static URL secure(URI uri) {
    String host = uri.getHost();
    boolean http =
        "http".equalsIgnoreCase(uri.getScheme()) && host != null && SettingsReader.isLoopback(host);
    if (!http && !"https".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException(
          "An issuer is asked over https, for whoever is between could sign tokens, or take them: "
              + uri);
    }
    try {
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("Not an address: " + uri, e);
    }
  }

  /**
   * An address that it names.
   *
   * @param name as the specification has it, such as {@code jwks_uri}
   * @throws IOException if the metadata can't be fetched
   * @throws ParseException if they are somebody else's, or don't say it
   */
  URL address(String name) throws IOException, ParseException {
    Map<String, Object> said = said();
    // To the letter: else one issuer could speak for another (section 4.3).
    if (!issuer.equals(said.get("issuer"))) {
      throw new ParseException(
          "%s is the metadata of another issuer, not of \"%s\"".formatted(metadata, issuer), 0);
    }
    if (!(said.get(name) instanceof String address)) {
      throw new ParseException("%s says no %s".formatted(metadata, name), 0);
    }
    try {
      return secure(URI.create(address));
    } catch (IllegalArgumentException e) {
      throw new ParseException("%s: %s".formatted(metadata, e.getMessage()), 0);
    }
  }

  private Map<String, Object> said() throws IOException, ParseException {
    String content;
    try {
      content = retriever.retrieveResource(metadata).getContent();
    } catch (IOException e) {
      throw new IOException("%s can't be fetched".formatted(metadata), e);
    }
    try {
      Map<String, Object> said = JSONObjectUtils.parse(content);
      return said == null ? Map.of() : said;
    } catch (ParseException e) {
      throw new ParseException("%s is no JSON object".formatted(metadata), 0);
    }
  }
}
