package dev.onbehalf.lakebase;

import com.databricks.sdk.core.DatabricksConfig;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IssuerAnswer;
import dev.onbehalf.pool.Secret;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access token of whoever develops, by the Databricks SDK's own ways to sign in: a profile of
 * {@code .databrickscfg}, the Databricks CLI, Azure's, and so on. For an application on a laptop,
 * where no proxy forwards one. Whose token it is, is proved like that of any request.
 *
 * <pre>{@code
 * DeveloperSignIn me = new DeveloperSignIn(settings, "dev", null);
 * ForwardedIdentity identity = new ForwardedIdentity("alice@example.com", me.accessToken());
 * }</pre>
 *
 * <p>The application's own client has no part in it. Thread-safe.
 */
public final class DeveloperSignIn {
  private static final Logger log = LoggerFactory.getLogger(DeveloperSignIn.class);
  private static final String BEARER = "Bearer ";

  private final LakebaseSettings settings;
  private final @Nullable String profile;
  private final @Nullable String authType;
  private final ReentrantLock resolving = new ReentrantLock();
  private @Nullable DatabricksConfig resolved; // guarded by resolving

  /**
   * @param settings which workspace, and the way there
   * @param profile a profile of the configuration file; null for the SDK's own choice
   * @param authType the one way to try, by the SDK's name for it, such as {@code databricks-cli};
   *     null for all of them, in its order
   */
  public DeveloperSignIn(
      LakebaseSettings settings, @Nullable String profile, @Nullable String authType) {
    this.settings = settings;
    this.profile = profile;
    this.authType = authType;
  }

  /**
   * A token that is good now. The SDK keeps and renews it; this may call out, to the workspace or
   * to the Databricks CLI.
   *
   * @throws IdentityException {@link Reason#MISSING} when there is none to be had; the log says why
   */
  public Secret accessToken() {
    String authorization;
    try {
      authorization = config().authenticate().get("Authorization");
    } catch (RuntimeException e) {
      throw missing(String.valueOf(e.getMessage()));
    }
    if (authorization == null || !authorization.startsWith(BEARER)) {
      throw missing("what was found is no access token");
    }
    return Secret.of(authorization.substring(BEARER.length()));
  }

  private DatabricksConfig config() {
    resolving.lock();
    try {
      if (resolved == null) {
        DatabricksConfig config = DatabricksWorkspace.unresolved(settings);
        if (profile != null) {
          config.setProfile(profile);
        }
        if (authType != null) {
          config.setAuthType(authType);
        }
        resolved = config.resolve();
      }
      return resolved;
    } finally {
      resolving.unlock();
    }
  }

  /** What the SDK says may repeat what it found. */
  private static IdentityException missing(String why) {
    log.warn(
        "There is no access token of whoever develops on this machine: {}. Sign in with the"
            + " Databricks CLI (databricks auth login), name a profile in"
            + " onbehalf.development.profile, or the way in onbehalf.development.auth-type",
        new IssuerAnswer(0, "", why).message());
    return new IdentityException(
        Reason.MISSING,
        "There is no access token of whoever develops on this machine; the log says why.");
  }
}
