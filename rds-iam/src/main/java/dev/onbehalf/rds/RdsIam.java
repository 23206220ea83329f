package dev.onbehalf.rds;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.ServicePrincipalCredentials;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.pool.Secret;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsUtilities;

/**
 * Logs people in to Amazon RDS and Aurora with a token that the application signs for their role
 * ("IAM database authentication for MariaDB, MySQL, and PostgreSQL" in Amazon's guide): it lives
 * for a quarter of an hour, and nobody is called for it.
 *
 * <pre>{@code
 * RdsIam rds = RdsIam.of("db.example.eu-west-1.rds.amazonaws.com", 5432, "eu-west-1");
 * Platform platform = Platform.of(verifier, rds, rds.as("app_owner"));
 * }</pre>
 *
 * <p>The person's access token has no part in it, so their proof alone decides: the application's
 * policy must allow {@code rds-db:connect} for each person's role, and each role is a member of
 * {@code rds_iam}. Thread-safe.
 */
public final class RdsIam implements PersonCredentials {
  private static final RepeatedWarning failed = RepeatedWarning.of(RdsIam.class);

  /** How long the server takes a token. */
  private static final Duration LIFETIME = Duration.ofMinutes(15);

  private final RdsUtilities utilities;
  private final String host;
  private final int port;
  private final Clock clock = Clock.systemUTC();

  private RdsIam(RdsUtilities utilities, String host, int port) {
    this.utilities = utilities;
    this.host = host;
    this.port = port;
  }

  /**
   * With the credentials that the AWS SDK finds: the environment's, the container's, a profile's.
   */
  public static RdsIam of(String host, int port, String region) {
    return of(host, port, region, DefaultCredentialsProvider.builder().build());
  }

  /**
   * With other credentials.
   *
   * @param host the instance's or cluster's own endpoint: a token is for that name
   */
  public static RdsIam of(
      String host, int port, String region, AwsCredentialsProvider credentials) {
    return new RdsIam(
        RdsUtilities.builder().region(Region.of(region)).credentialsProvider(credentials).build(),
        host,
        port);
  }

  /** A role logs in with such a token once it is a member of {@code rds_iam}. */
  @Override
  public String createRole(String user) {
    String role = RoleSetup.identifier(user);
    return "CREATE ROLE %s LOGIN; GRANT rds_iam TO %s;".formatted(role, role);
  }

  @Override
  public DatabaseCredential of(String user, Secret accessToken) {
    return sign(user);
  }

  /** What the application logs in with, as {@code role}. */
  public ServicePrincipalCredentials as(String role) {
    return () -> sign(role);
  }

  private DatabaseCredential sign(String role) {
    try {
      String token =
          utilities.generateAuthenticationToken(
              request -> request.hostname(host).port(port).username(role));
      return new DatabaseCredential(Secret.of(token), clock.instant().plus(LIFETIME));
    } catch (SdkException e) {
      failed.log(
          "There are no AWS credentials to sign a login with: {}", String.valueOf(e.getMessage()));
      throw new IssuerUnavailableException(
          IssuerUnavailableException.Reason.SERVICE_PRINCIPAL_REFUSED,
          "The application has no AWS credentials to sign a login with. Whoever runs it has to look at its role or its environment.",
          null,
          e);
    }
  }
}
