package dev.onbehalf.lakebase;

import com.databricks.sdk.core.DatabricksError;
import com.databricks.sdk.core.DatabricksException;
import com.databricks.sdk.core.error.PrivateLinkValidationError;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IssuerAnswer;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.lakebase.WorkspaceQuestion.About;
import dev.onbehalf.lakebase.WorkspaceQuestion.Asker;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it means when the workspace does not say what it was asked for: whose matter it is, and what
 * they can do.
 *
 * <pre>
 *   401, or 400 to a token           the person's: sign in again
 *   403 of a scope                   the operator's: the token lacks it
 *   403                              an administrator's: the person may not
 *   4xx to the service principal     the operator's: its client, its secret or its rights
 *   404                              the operator's: the endpoint, or the workspace's address
 *   other 4xx, 3xx, no sense at all  the operator's
 *   408, 409, 425, 429, 5xx, nothing nobody's: it passes
 * </pre>
 *
 * <p>What somebody has to mend is logged, with the workspace's own words, once in ten minutes
 * however many requests meet it; what passes, once in half a minute for each question. The SDK's
 * exceptions are not handed on where they have words of the workspace's in them, for those may
 * repeat what was sent. Thread-safe.
 */
final class WorkspaceFailures {
  private static final Logger log = LoggerFactory.getLogger(WorkspaceFailures.class);
  private static final Duration SAID_AGAIN_AFTER = Duration.ofMinutes(10);

  /** How the SDK numbers what was no answer. */
  private static final int IO_ERROR = 523;

  /**
   * "Provided OAuth token does not have required scopes: postgres", and "Invalid scope, required
   * scopes: postgres": the platform's own sentences.
   */
  private static final Pattern SCOPES =
      Pattern.compile(
          "required scopes?(?:\\s*:\\s*([\\w.:/*-]{1,64}(?:\\s*,\\s*[\\w.:/*-]{1,64}){0,4}))?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern INVALID_TOKEN =
      Pattern.compile(
          "(invalid|expired) (access )?token|token.{0,20} expired", Pattern.CASE_INSENSITIVE);

  private final Map<WorkspaceQuestion, RepeatedWarning> outages =
      new EnumMap<>(WorkspaceQuestion.class); // each written once
  private final String workspace;
  private final String endpoint;
  private final boolean hasClient;
  private final Map<String, Long> said = new ConcurrentHashMap<>();

  WorkspaceFailures(LakebaseSettings settings) {
    workspace = settings.workspace.toString();
    endpoint = settings.endpoint;
    hasClient = settings.clientId != null;
    for (WorkspaceQuestion question : WorkspaceQuestion.values()) {
      outages.put(question, RepeatedWarning.of(WorkspaceFailures.class));
    }
  }

  /** The exception for whoever asked. */
  RuntimeException of(WorkspaceQuestion question, RuntimeException failure) {
    DatabricksError error = cause(failure, DatabricksError.class);
    return error == null || error.getStatusCode() == IO_ERROR
        ? withoutAnswer(question, failure)
        : answered(question, answer(error), failure);
  }

  /** Something was answered, and it is not what was asked for. */
  IssuerUnavailableException unreadable(WorkspaceQuestion question, String what) {
    return operators(
        Reason.ANSWER_UNREADABLE,
        "The Databricks workspace was asked %s, and its answer %s. Whoever runs the application has to look at DATABRICKS_HOST: is it a workspace's address?"
            .formatted(question.words, what),
        null,
        null);
  }

  /** The token is somebody's whom an administrator has shut out. */
  RuntimeException deactivated(WorkspaceQuestion question, String name) {
    return question.asker == Asker.SERVICE_PRINCIPAL
        ? servicePrincipalRefused(question, null)
        : new IdentityException(
            IdentityException.Reason.NOT_PERMITTED,
            "The workspace has deactivated %s; an administrator can undo it.".formatted(name));
  }

  private RuntimeException withoutAnswer(WorkspaceQuestion question, RuntimeException failure) {
    if (isMisread(failure)) {
      return unreadable(question, "is not the JSON that a workspace gives");
    }
    SSLException untrusted = cause(failure, SSLException.class);
    if (untrusted != null) {
      return operators(
          Reason.UNTRUSTED,
          "TLS with the Databricks workspace failed, so it could not be asked %s. Whoever runs the application has to look at DATABRICKS_HOST, and at which certificates its JVM trusts."
              .formatted(question.words),
          null,
          untrusted);
    }
    boolean refusedByTokenEndpoint = cause(failure, IllegalArgumentException.class) != null;
    if (question.asker == Asker.SERVICE_PRINCIPAL && refusedByTokenEndpoint) {
      return servicePrincipalRefused(question, null);
    }
    if (question.asker == Asker.SERVICE_PRINCIPAL && !hasClient && !isOfNetwork(failure)) {
      return noWayToSignIn(question, failure);
    }
    return failure instanceof DatabricksException
        ? unreachable(question, null, failure)
        : unreadable(question, "is none that the Databricks SDK can read");
  }

  private static boolean isOfNetwork(RuntimeException failure) {
    return cause(failure, IOException.class) != null;
  }

  /** None of the SDK's was found, or the one that was found needs its owner. */
  private IssuerUnavailableException noWayToSignIn(
      WorkspaceQuestion question, RuntimeException failure) {
    String sdk = new IssuerAnswer(0, "", String.valueOf(failure.getMessage())).message();
    if (isNews(sdk)) {
      log.warn("The Databricks SDK found no way to sign in at {}: {}", workspace, sdk);
    }
    return operators(
        Reason.SERVICE_PRINCIPAL_REFUSED,
        "This application has no way to sign in at the Databricks workspace, to ask it %s. Whoever runs it has to set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET; or, while developing, to name a profile in DATABRICKS_CONFIG_PROFILE."
            .formatted(question.words),
        null,
        null);
  }

  /** Network errors have classes of their own; what the SDK can't read is plain, or Jackson's. */
  private static boolean isMisread(RuntimeException failure) {
    IOException e = cause(failure, IOException.class);
    return e instanceof JsonProcessingException || (e != null && e.getClass() == IOException.class);
  }

  private RuntimeException answered(
      WorkspaceQuestion question, IssuerAnswer answer, RuntimeException failure) {
    int status = answer.status();
    if (status >= 500 || status == 408 || status == 409 || status == 425 || status == 429) {
      return unreachable(question, answer, null);
    }
    if (failure instanceof PrivateLinkValidationError) {
      return requestRefused(question, answer);
    }
    if (question.asker == Asker.SERVICE_PRINCIPAL) {
      boolean noToken = !(failure instanceof DatabricksError); // the token endpoint said no
      if (status != 404 && (noToken || status == 401 || status == 403)) {
        return servicePrincipalRefused(question, answer);
      }
    } else {
      IdentityException identity = ofToken(question, answer);
      if (identity != null) {
        return identity;
      }
    }
    if (status == 404) {
      return missing(question, answer);
    }
    return status < 400
        ? unreadable(question, "(%s) sends elsewhere".formatted(status))
        : requestRefused(question, answer);
  }

  private static IssuerAnswer answer(DatabricksError error) {
    return new IssuerAnswer(
        error.getStatusCode(),
        Objects.requireNonNullElse(error.getErrorCode(), ""),
        Objects.requireNonNullElse(error.getMessage(), ""));
  }

  /** What is said of a token; null if nothing is. */
  private @Nullable IdentityException ofToken(WorkspaceQuestion question, IssuerAnswer answer) {
    int status = answer.status();
    Matcher scopes = SCOPES.matcher(answer.message());
    if ((status == 401 || status == 403) && scopes.find()) {
      return missingScope(question, answer, scopes.group(1));
    }
    boolean ofToken = status == 400 && question.about == About.TOKEN; // there is nothing else to it
    boolean invalid = status == 403 && INVALID_TOKEN.matcher(answer.message()).find();
    if (status == 401 || ofToken || invalid) {
      return new IdentityException(
          IdentityException.Reason.TOKEN_REFUSED,
          "The workspace refused the access token. Sign in again.",
          answer,
          null);
    }
    return status == 403 ? notPermitted(question, answer) : null;
  }

  private IdentityException missingScope(
      WorkspaceQuestion question, IssuerAnswer answer, @Nullable String scopes) {
    String message =
        "The access token lacks %s, without which the workspace is not asked %s (%s). Whoever runs the application adds it to those that people are asked for; on Databricks Apps, to the app's user authorization (user_api_scopes). Then sign in again."
            .formatted(scopes == null ? "a scope" : "the scope " + scopes, question.words, answer);
    tell(question, message, answer);
    return new IdentityException(IdentityException.Reason.MISSING_SCOPE, message, answer, null);
  }

  private IdentityException notPermitted(WorkspaceQuestion question, IssuerAnswer answer) {
    String message =
        "The workspace does not permit the owner of the access token to ask it %s (%s). Ask an administrator of the workspace for access to it%s."
            .formatted(
                question.words,
                answer.statusAndCode(),
                question.about == About.ENDPOINT ? " and to the database " + endpoint : "");
    tell(question, message, answer);
    return new IdentityException(IdentityException.Reason.NOT_PERMITTED, message, answer, null);
  }

  private void tell(WorkspaceQuestion question, String message, IssuerAnswer answer) {
    if (question.asker != Asker.NOBODY && isNews(question + answer.statusAndCode())) {
      log.warn("What people bring does not do: {} {} says: {}", message, workspace, answer);
    }
  }

  private IssuerUnavailableException missing(WorkspaceQuestion question, IssuerAnswer answer) {
    boolean ofApi = answer.errorCode().equals("ENDPOINT_NOT_FOUND"); // a path, no Lakebase endpoint
    if (question.about == About.ENDPOINT && !ofApi) {
      return operators(
          Reason.NO_SUCH_ENDPOINT,
          "The Databricks workspace has no endpoint \"%s\" (%s). Whoever runs the application has to look at LAKEBASE_ENDPOINT, and whether DATABRICKS_HOST is the workspace that it belongs to."
              .formatted(endpoint, answer.statusAndCode()),
          answer,
          null);
    }
    return operators(
        Reason.ANSWER_UNREADABLE,
        "What answers as the Databricks workspace can't be asked %s (%s). Whoever runs the application has to look at DATABRICKS_HOST: is it the address of a workspace that has Lakebase?"
            .formatted(question.words, answer.statusAndCode()),
        answer,
        null);
  }

  private IssuerUnavailableException servicePrincipalRefused(
      WorkspaceQuestion question, @Nullable IssuerAnswer answer) {
    return operators(
        Reason.SERVICE_PRINCIPAL_REFUSED,
        "The Databricks workspace refuses this application itself, asked %s%s. Whoever runs it has to look at DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, and at what the service principal may do."
            .formatted(question.words, answer == null ? "" : " (" + answer.statusAndCode() + ")"),
        answer,
        null);
  }

  private IssuerUnavailableException requestRefused(
      WorkspaceQuestion question, IssuerAnswer answer) {
    return operators(
        Reason.REQUEST_REFUSED,
        "The Databricks workspace refuses to be asked %s (%s). Whoever runs the application has to look at its log."
            .formatted(question.words, answer.statusAndCode()),
        answer,
        null);
  }

  private IssuerUnavailableException operators(
      Reason reason, String message, @Nullable IssuerAnswer answer, @Nullable Throwable cause) {
    if (isNews(message)) {
      log.error(
          "No use can be made of the workspace: {} {} says: {}",
          message,
          workspace,
          words(answer, cause));
    }
    return new IssuerUnavailableException(reason, message, answer, cause);
  }

  private IssuerUnavailableException unreachable(
      WorkspaceQuestion question, @Nullable IssuerAnswer answer, @Nullable Throwable cause) {
    Objects.requireNonNull(outages.get(question))
        .log(
            "No answer of the workspace: {} could not be asked {}: {}",
            workspace,
            question.words,
            words(answer, cause));
    return new IssuerUnavailableException(
        Reason.UNREACHABLE,
        "The Databricks workspace could not be asked. Try again in a few seconds.",
        answer,
        cause);
  }

  private static Object words(@Nullable IssuerAnswer answer, @Nullable Throwable cause) {
    if (answer != null) {
      return answer;
    }
    Throwable root = cause;
    while (root != null && root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root == null ? "nothing" : root.toString();
  }

  /** There are few different sentences, so what is remembered stays small. */
  private boolean isNews(String sentence) {
    long now = System.nanoTime();
    Long before = said.get(sentence);
    if (before != null && now - before < SAID_AGAIN_AFTER.toNanos()) {
      return false;
    }
    said.put(sentence, now);
    return true;
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    return null;
  }
}
