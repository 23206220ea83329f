package dev.onbehalf.identity;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** An answer's body, unless it is larger than anything that is asked for. For one answer. */
final class Limited implements BodySubscriber<byte[]> {
  private final BodySubscriber<byte[]> body;
  private int left;
  private @Nullable Subscription subscription;

  Limited(BodySubscriber<byte[]> body, int bytes) {
    this.body = body;
    this.left = bytes;
  }

  @Override
  public void onSubscribe(Subscription it) {
    subscription = it;
    body.onSubscribe(it);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      left -= buffer.remaining();
    }
    if (left >= 0) {
      body.onNext(buffers);
    } else if (subscription != null) {
      subscription.cancel();
      subscription = null;
      body.onError(new IOException("The answer is too large"));
    }
  }

  @Override
  public void onError(Throwable e) {
    body.onError(e);
  }

  @Override
  public void onComplete() {
    body.onComplete();
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body.getBody();
  }
}
