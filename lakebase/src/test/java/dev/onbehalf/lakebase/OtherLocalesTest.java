package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a machine reads is the same wherever the process runs. The tests that the module's second
 * run repeats go further into it, in one locale.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OtherLocalesTest {
  private final Locale locale = Locale.getDefault();
  private final TimeZone zone = TimeZone.getDefault();

  @AfterEach
  void backHome() {
    Locale.setDefault(locale);
    TimeZone.setDefault(zone);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ar-EG-u-nu-arab",
        "fa-IR",
        "hi-IN-u-nu-deva",
        "th-TH-u-ca-buddhist-nu-thai",
        "tr-TR"
      })
  void aLakebaseStartsPeopleLogInTwiceAndErrorsHaveTheDigitsOfTheirLanguage(String tag)
      throws SQLException {
    Locale.setDefault(Locale.forLanguageTag(tag));
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
    String ida = "IDA.I@example.com"; // of whose letters Turkish makes others
    try (LakebaseLocal local = LakebaseLocal.builder().user("alice@example.com").user(ida).start();
        OnBehalfDatabase lakebase = TestDatabase.of(TestDatabase.settings(local.environment()))) {
      underRowSecurity(lakebase);
      // The second login asks about the table that the first one found.
      for (String person : List.of("alice@example.com", ida)) {
        Secret token = Secret.of(local.accessToken(person, Duration.ofHours(1)));
        try (Connection connection =
                lakebase.asUser(new ForwardedIdentity(person, token)).getConnection();
            Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery("SELECT current_user")) {
          row.next();
          assertThat(row.getString(1)).isEqualTo(person);
        }
      }
      assertThat(lakebase.settings().toString()).matches("\\p{ASCII}+");
      assertThatThrownBy(
              () -> new ForwardedIdentity("x".repeat(70) + "@example.com", Secret.of("token")))
          .hasMessageContaining("82 bytes");
      assertThatThrownBy(() -> LakebaseRoles.ofGroup("g".repeat(64))).hasMessageContaining("64");
    }
  }

  private static void underRowSecurity(OnBehalfDatabase lakebase) throws SQLException {
    try (Connection owner = lakebase.servicePrincipal().getConnection();
        Statement statement = owner.createStatement()) {
      statement.execute(
          "CREATE TABLE public.notes (n int); ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY");
      assertThat(LakebaseRoles.ofGroup("readers").schema("public").apply(owner)).isNotEmpty();
    }
  }
}
