package dev.onbehalf.lakebase;

import com.databricks.sdk.core.DatabricksError;
import com.databricks.sdk.core.DatabricksException;
import com.databricks.sdk.core.http.Request;
import com.databricks.sdk.core.retry.RequestBasedRetryStrategyPicker;
import com.databricks.sdk.core.retry.RetryStrategy;
import com.databricks.sdk.core.retry.RetryStrategyPicker;
import com.databricks.sdk.core.utils.SystemTimer;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Lets the SDK wait before it tries again, as it would, but not past the patience of who asked, and
 * then says what it waited for. A certificate that is not trusted becomes no better by waiting. For
 * one call; used by one thread.
 */
final class Patience extends SystemTimer implements RetryStrategyPicker {
  private final RetryStrategyPicker usual;
  private final long end;
  private @Nullable DatabricksError last;

  Patience(LakebaseSettings settings) {
    this(new RequestBasedRetryStrategyPicker(settings.workspace.toString()), settings.timeout);
  }

  private Patience(RetryStrategyPicker usual, Duration patience) {
    this.usual = usual;
    this.end = System.nanoTime() + patience.toNanos();
  }

  @Override
  public RetryStrategy getRetryStrategy(Request request) {
    RetryStrategy strategy = usual.getRetryStrategy(request);
    return error -> {
      last = error;
      return !(error.getCause() instanceof SSLException) && strategy.isRetriable(error);
    };
  }

  @Override
  public void sleep(long milliseconds) throws InterruptedException {
    if (System.nanoTime() + milliseconds * 1_000_000 - end > 0) {
      throw new DatabricksException(
          "The workspace asks to wait %s ms, longer than the caller will".formatted(milliseconds),
          last);
    }
    super.sleep(milliseconds);
  }
}
