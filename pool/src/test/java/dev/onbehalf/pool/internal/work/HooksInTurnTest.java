package dev.onbehalf.pool.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hooks that hang take eight threads at the most, and a thousand places in the queue. */
final class HooksInTurnTest {
  private final Threads threads = new Threads();
  private final HookRunner hooks = new HookRunner(threads);
  private int heard;

  /** None begins before the test has it run. */
  private static final class Threads implements Workers {
    final List<Runnable> begun = new ArrayList<>();
    boolean some = true;

    @Override
    public void execute(Runnable task) {
      if (!some) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      begun.add(task);
    }

    @Override
    public void stop() {}
  }

  private void tell(int times) {
    for (int i = 0; i < times; i++) {
      hooks.run(() -> heard++);
    }
  }

  @Test
  void eight_are_under_way_and_whoever_ends_goes_on_with_the_next() {
    tell(20);
    assertThat(threads.begun).hasSize(8);
    threads.begun.remove(0).run(); // the others hang
    assertThat(heard).isEqualTo(20);

    tell(1);
    threads.begun.remove(7).run();
    assertThat(heard).isEqualTo(21);
  }

  @Test
  void beyond_a_thousand_that_wait_one_more_is_dropped() {
    tell(1_001);
    threads.begun.get(0).run();
    assertThat(heard).isEqualTo(1_000);
  }

  @Test
  void without_a_thread_they_wait_until_there_is_one() {
    threads.some = false;
    tell(2);
    threads.some = true;
    hooks.tryAgain();
    threads.begun.forEach(Runnable::run);
    assertThat(heard).isEqualTo(2);
  }

  @Test
  void an_interrupt_that_one_leaves_behind_is_not_the_next_ones() {
    boolean[] interrupted = new boolean[1];
    hooks.run(Thread.currentThread()::interrupt);
    hooks.run(() -> interrupted[0] = Thread.currentThread().isInterrupted());
    threads.begun.get(0).run();
    assertThat(interrupted[0]).isFalse();
    assertThat(Thread.interrupted()).isFalse();
  }
}
