package dev.onbehalf.playground;

import com.nimbusds.jwt.JWTParser;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.servlet.ForwardedHeaders;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the proxy forwarded, for finding out why a sign-in fails. Of a token it shows the length,
 * the beginning of its SHA-256 and a few claims, unverified; never the token. Off unless {@code
 * onbehalf.debug-token.enabled=true}.
 */
@RestController
@ConditionalOnBooleanProperty("onbehalf.debug-token.enabled")
class DebugTokenController {
  private static final List<String> CLAIMS = List.of("sub", "email", "iss", "aud", "exp", "scope");

  private final IdentityHeaders headers;

  DebugTokenController(IdentityHeaders headers) {
    this.headers = headers;
  }

  @GetMapping("/api/lakebase-examples/raw/debug-token")
  Map<String, Object> debugToken(HttpServletRequest request) {
    ForwardedHeaders forwarded = ForwardedHeaders.of(request).orElseThrow();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(headers.address(), forwarded.addresses());
    answer.put(
        headers.accessToken(),
        forwarded.accessTokens().stream()
            .map(Secret::reveal)
            .map(DebugTokenController::describe)
            .toList());
    return answer;
  }

  private static Map<String, Object> describe(String token) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("length", token.length());
    description.put("sha256", sha256(token).substring(0, 8));
    description.put("claims", claims(token));
    return description;
  }

  private static Map<String, Object> claims(String token) {
    Map<String, Object> shown = new LinkedHashMap<>();
    try {
      Map<String, Object> claims = JWTParser.parse(token).getJWTClaimsSet().toJSONObject();
      for (String claim : CLAIMS) {
        if (claims.containsKey(claim)) {
          shown.put(claim, claims.get(claim));
        }
      }
    } catch (ParseException | RuntimeException opaqueToken) { // the parser has holes of its own
      shown.put("note", "not a JWT");
    }
    return shown;
  }

  private static String sha256(String token) {
    try {
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
