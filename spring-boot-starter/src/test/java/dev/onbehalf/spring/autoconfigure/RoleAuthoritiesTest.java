package dev.onbehalf.spring.autoconfigure;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SharedLakebase;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.mapping.GrantedAuthoritiesMapper;
import org.springframework.security.core.authority.mapping.SimpleAuthorityMapper;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/** The database's roles are people's authorities, where the application says so. */
class RoleAuthoritiesTest {
  private static final JdbcTemplate SUPERUSER = new JdbcTemplate(SharedLakebase.get().superuser());

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  OnBehalfAutoConfiguration.class, OnBehalfAuthenticationAutoConfiguration.class))
          .withPropertyValues(
              SharedLakebase.get().environment().entrySet().stream()
                  .map(Object::toString)
                  .toArray(String[]::new));

  private final ApplicationContextRunner roles =
      runner.withPropertyValues("onbehalf.security.authorities=roles");

  @BeforeAll
  static void roles() {
    SUPERUSER.execute("CREATE ROLE report_readers; CREATE ROLE everything; CREATE ROLE asleep");
    SUPERUSER.execute("GRANT everything TO report_readers");
    SUPERUSER.execute("GRANT report_readers TO \"%s\"".formatted(ALICE));
    SUPERUSER.execute("GRANT asleep TO \"%s\" WITH INHERIT FALSE".formatted(ALICE));
  }

  @AfterAll
  static void gone() {
    SUPERUSER.execute("DROP ROLE report_readers, everything, asleep");
  }

  private static List<String> authorities(OnBehalf onBehalf, String user) {
    return onBehalf.asUser(
        identity(user),
        () ->
            requireNonNull(SecurityContextHolder.getContext().getAuthentication())
                .getAuthorities()
                .stream()
                .map(GrantedAuthority::getAuthority)
                .filter(name -> name != null && !name.startsWith("FACTOR"))
                .sorted()
                .toList());
  }

  @Test
  void theyAreThoseWhoseRightsThePersonHasDirectlyOrNot() {
    roles.run(
        context -> {
          OnBehalf onBehalf = context.getBean(OnBehalf.class);
          assertThat(authorities(onBehalf, ALICE))
              .contains("ROLE_everything", "ROLE_report_readers")
              .doesNotContain("ROLE_asleep", "ROLE_" + ALICE);
          assertThat(authorities(onBehalf, BOB)).doesNotContain("ROLE_report_readers");
        });
  }

  @Test
  void theyAreThePersonsWhateverRoleTheirConnectionWasLeftIn() {
    roles.run(
        context -> {
          DataSource alices = context.getBean(OnBehalfDatabase.class).asUser(identity(ALICE));
          new JdbcTemplate(alices).execute("SET ROLE everything");
          assertThat(new JdbcTemplate(alices).queryForObject("SELECT current_user", String.class))
              .isEqualTo("everything");
          assertThat(authorities(context.getBean(OnBehalf.class), ALICE))
              .contains("ROLE_everything", "ROLE_report_readers")
              .doesNotContain("ROLE_" + ALICE);
        });
  }

  @Test
  void theyAreKeptForAWhile() {
    roles.run(
        context -> {
          OnBehalf onBehalf = context.getBean(OnBehalf.class);
          List<String> before = authorities(onBehalf, BOB);
          SUPERUSER.execute("GRANT report_readers TO \"%s\"".formatted(BOB));
          try {
            assertThat(authorities(onBehalf, BOB)).isEqualTo(before);
          } finally {
            SUPERUSER.execute("REVOKE report_readers FROM \"%s\"".formatted(BOB));
          }
        });
  }

  @Test
  void aMapperMakesOthersOfThem() {
    roles
        .withBean(
            GrantedAuthoritiesMapper.class,
            () -> {
              SimpleAuthorityMapper mapper = new SimpleAuthorityMapper();
              mapper.setPrefix("DB_");
              mapper.setConvertToUpperCase(true);
              return mapper;
            })
        .run(
            context ->
                assertThat(authorities(context.getBean(OnBehalf.class), ALICE))
                    .contains("DB_REPORT_READERS"));
  }

  @Test
  void withoutAWordThereAreNone() {
    runner.run(
        context -> assertThat(authorities(context.getBean(OnBehalf.class), ALICE)).isEmpty());
  }

  @Test
  void theApplicationsOwnAreTakenInTheirPlace() {
    roles
        .withBean(
            "own",
            AuthenticationUserDetailsService.class,
            () -> token -> new User(token.getName(), "", List.of(() -> "own")))
        .run(
            context ->
                assertThat(authorities(context.getBean(OnBehalf.class), ALICE))
                    .containsExactly("own"));
  }

  @Test
  void nobodyElsesConnectionIsAsked() {
    roles.run(
        context -> {
          AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> people =
              context.getBean(RoleAuthorities.class);
          PreAuthenticatedAuthenticationToken bob =
              new PreAuthenticatedAuthenticationToken(BOB, "N/A");
          assertThatThrownBy(
                  () ->
                      context
                          .getBean(OnBehalf.class)
                          .asUser(identity(ALICE), () -> people.loadUserDetails(bob)))
              .isInstanceOf(InternalAuthenticationServiceException.class);
        });
  }
}
