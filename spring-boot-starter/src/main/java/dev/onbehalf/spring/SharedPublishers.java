package dev.onbehalf.spring;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Lets each subscriber's part of a Reactor pipeline run as who subscribed, whoever's thread brings
 * the value; as nobody, where the subscription carries no context.
 *
 * <p>Reactor's automatic context propagation does that where it knows of a change of context. It
 * does not behind {@code share()}, {@code publish()}, {@code replay()} and {@code cache()}: they
 * work in the context of their first subscriber, and bring the others their values in it. So what
 * these bring is given to each subscriber in the subscriber's own.
 */
public final class SharedPublishers {
  private static final String KEY = new ActingAccessor().key().toString();

  private static final ContextSnapshotFactory CONTEXTS =
      ContextSnapshotFactory.builder().clearMissing(true).build();

  private SharedPublishers() {}

  /** For all pipelines of this JVM that are put together from now on. Can be called again. */
  public static void switchOn() {
    Hooks.enableAutomaticContextPropagation();
    Function<? super Publisher<Object>, ? extends Publisher<Object>> restoring =
        Operators.lift((source, subscriber) -> new Restoring(subscriber));
    Hooks.onEachOperator(
        KEY, publisher -> isShared(publisher) ? restoring.apply(publisher) : publisher);
  }

  /**
   * By name, where Reactor has no public type: {@code Flux.share()}, {@code Mono.cache(...)}. The
   * other ways to share are made of a {@link ConnectableFlux}.
   */
  private static boolean isShared(Publisher<?> publisher) {
    String name = publisher.getClass().getName();
    return publisher instanceof ConnectableFlux
        || name.startsWith("reactor.core.publisher.FluxRefCount")
        || name.startsWith("reactor.core.publisher.MonoCache");
  }

  /** Brings a subscriber its signals with the subscriber's own person bound. */
  private record Restoring(CoreSubscriber<? super Object> subscriber)
      implements CoreSubscriber<Object> {

    private ContextSnapshot.Scope scope() {
      return CONTEXTS.setThreadLocalsFrom(currentContext(), KEY);
    }

    @Override
    public Context currentContext() {
      return subscriber.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscriber.onSubscribe(subscription);
    }

    @Override
    public void onNext(Object value) {
      try (ContextSnapshot.Scope scope = scope()) {
        subscriber.onNext(value);
      }
    }

    @Override
    public void onError(Throwable failure) {
      try (ContextSnapshot.Scope scope = scope()) {
        subscriber.onError(failure);
      }
    }

    @Override
    public void onComplete() {
      try (ContextSnapshot.Scope scope = scope()) {
        subscriber.onComplete();
      }
    }
  }
}
