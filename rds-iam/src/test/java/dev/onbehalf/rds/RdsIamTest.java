package dev.onbehalf.rds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.pool.Secret;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * The token, beside one that is signed here as Amazon's guide describes it (Signature Version 4).
 */
class RdsIamTest {
  private static final String HOST = "shop.abcdefghijkl.eu-west-1.rds.amazonaws.com";
  private static final String KEY = "AKIDEXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  private static final RdsIam RDS =
      RdsIam.of(
          HOST,
          5432,
          "eu-west-1",
          StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)));

  @ParameterizedTest
  @ValueSource(
      strings = {"alice@example.com", "o'hara+x@example.com", "müller@example.com", "a b&c=d/e"})
  void theTokenIsTheOneThatTheGuideDescribes(String user) throws Exception {
    DatabaseCredential credential = RDS.of(user, Secret.of("nothing to do with it"));
    String token = credential.password().reveal();
    String date = token.replaceFirst(".*X-Amz-Date=(\\w+).*", "$1");
    assertThat(token).startsWith(HOST + ":5432/?");
    assertThat(parameters(token)).isEqualTo(parameters(HOST + ":5432/?" + signed(user, date)));
    assertThat(credential.expiresAt())
        .isBetween(
            Instant.now().plus(Duration.ofMinutes(14)), Instant.now().plus(Duration.ofMinutes(15)));
  }

  @Test
  void theApplicationsIsForItsOwnRole() {
    assertThat(RDS.as("app_owner").get().password().reveal()).contains("DBUser=app_owner");
  }

  private static Map<String, String> parameters(String token) {
    Map<String, String> parameters = new TreeMap<>();
    for (String pair : token.substring(token.indexOf('?') + 1).split("&", -1)) {
      parameters.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    return parameters;
  }

  private static String signed(String user, String date) throws Exception {
    String scope = date.substring(0, 8) + "/eu-west-1/rds-db/aws4_request";
    Map<String, String> query = new TreeMap<>();
    query.put("Action", "connect");
    query.put("DBUser", user);
    query.put("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    query.put("X-Amz-Credential", KEY + "/" + scope);
    query.put("X-Amz-Date", date);
    query.put("X-Amz-Expires", "900");
    query.put("X-Amz-SignedHeaders", "host");
    String canonicalQuery =
        query.entrySet().stream()
            .map(it -> encoded(it.getKey()) + "=" + encoded(it.getValue()))
            .collect(Collectors.joining("&"));
    String canonical =
        "GET\n/\n%s\nhost:%s:5432\n\nhost\n%s".formatted(canonicalQuery, HOST, sha256(""));
    String toSign = "AWS4-HMAC-SHA256\n%s\n%s\n%s".formatted(date, scope, sha256(canonical));
    byte[] key = ("AWS4" + SECRET).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return canonicalQuery + "&X-Amz-Signature=" + HexFormat.of().formatHex(hmac(key, toSign));
  }

  /** RFC 3986, as Signature Version 4 has it. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
