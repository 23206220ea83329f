package dev.onbehalf.spring;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/**
 * What several people subscribe to, and another brings a value to.
 *
 * @param waiting how many have subscribed
 */
record SharedFeed(Flux<String> flux, Runnable bring, AtomicInteger waiting) {

  /** Each way that Reactor has to share. */
  @SuppressWarnings("ImmutableEnumChecker") // what it makes is new each time
  enum Way {
    MULTICAST_SINK(() -> of(Sinks.many().multicast().onBackpressureBuffer())),
    BEST_EFFORT_SINK(() -> of(Sinks.many().multicast().directBestEffort())),
    REPLAYING_SINK(() -> of(Sinks.many().replay().limit(1))),
    SINK_OF_ONE(
        () -> {
          Sinks.One<String> sink = Sinks.one();
          return of(sink.asMono().flux(), () -> sink.tryEmitValue("news"));
        }),
    SHARED_FLUX(() -> ofFlux(Flux::share)),
    PUBLISHED_FLUX(() -> ofFlux(flux -> flux.publish().refCount(2))),
    PUBLISHED_FLUX_WITH_GRACE(
        () -> ofFlux(flux -> flux.publish().refCount(2, Duration.ofSeconds(9)))),
    REPLAYED_FLUX(() -> ofFlux(flux -> flux.replay(1).autoConnect())),
    CACHED_FLUX(() -> ofFlux(flux -> flux.cache(1))),
    CACHED_MONO(() -> ofMono(Mono::cache)),
    MONO_CACHED_FOR_A_WHILE(() -> ofMono(mono -> mono.cache(Duration.ofMinutes(1)))),
    MONO_CACHED_WHILE_GOOD(() -> ofMono(mono -> mono.cacheInvalidateIf(String::isEmpty))),
    SHARED_MONO(() -> ofMono(Mono::share)),
    MONO_OF_A_FUTURE(
        () -> {
          CompletableFuture<String> future = new CompletableFuture<>();
          return of(Mono.fromFuture(future).flux(), () -> future.complete("news"));
        });

    private final Supplier<SharedFeed> feed;

    Way(Supplier<SharedFeed> feed) {
      this.feed = feed;
    }

    SharedFeed make() {
      return feed.get();
    }
  }

  private static SharedFeed of(Flux<String> flux, Runnable bring) {
    return new SharedFeed(flux, bring, new AtomicInteger());
  }

  private static SharedFeed of(Sinks.Many<String> sink) {
    return of(sink.asFlux(), () -> sink.tryEmitNext("news"));
  }

  private static SharedFeed ofFlux(UnaryOperator<Flux<String>> sharing) {
    Given<FluxSink<String>> given = new Given<>();
    return of(sharing.apply(Flux.create(given)), () -> given.sink().next("news"));
  }

  private static SharedFeed ofMono(UnaryOperator<Mono<String>> sharing) {
    Given<MonoSink<String>> given = new Given<>();
    return of(sharing.apply(Mono.create(given)).flux(), () -> given.sink().success("news"));
  }

  /** The sink that came with the one subscription to what is shared. */
  private static final class Given<S> implements Consumer<S> {
    private volatile @Nullable S sink;

    @Override
    public void accept(S given) {
      sink = given;
    }

    S sink() {
      return requireNonNull(sink);
    }
  }
}
