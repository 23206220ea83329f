package dev.onbehalf.spring.dashboard;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A stream of server-sent events to one browser (WHATWG HTML, 9.2), by the container's non-blocking
 * output: no thread waits for a browser.
 *
 * <pre>
 *   begun --onWritePossible--> open --show, browser ready--> open
 *                                |
 *                                '--gone, not ready for 10 s, or 4 min old--> ended
 * </pre>
 *
 * After four minutes it ends and the browser comes again, by the application's security and with a
 * proof of who it is: a stream outlives no sign-out by more.
 *
 * <p>{@code open} and {@code ended} only ever become true. The rest is the writer's, who has the
 * lock, and begins nothing once it has ended. The container's end of a request waits until a writer
 * has left, for a moment, since a writer waits for nothing: Tomcat makes use of the same objects
 * for the next request, which would find the failure of this one in them. Nobody else waits for the
 * lock.
 */
final class Stream implements Viewer, WriteListener, AsyncListener {
  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
  private static final long LIFETIME = Duration.ofMinutes(4).toNanos();

  private final AsyncContext request;
  private final ServletOutputStream out;
  private final String owner;
  private final LongSupplier ticker;
  private final long began;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean open;
  private long lastTaken;
  private boolean hasMissed = true; // it has seen nothing yet

  Stream(AsyncContext request, ServletOutputStream out, String owner, LongSupplier ticker) {
    this.request = request;
    this.out = out;
    this.owner = owner;
    this.ticker = ticker;
    this.began = ticker.getAsLong();
    this.lastTaken = began;
  }

  @Override
  public boolean show(Supplier<byte[]> all, byte[] change) {
    long now = ticker.getAsLong();
    if (now - began > LIFETIME) {
      end();
    }
    if (ended.get()) {
      return false;
    }
    boolean isMine = writing.tryLock();
    try {
      if (ended.get()) { // since it was asked
        return false;
      }
      if (!isMine || !open || !out.isReady()) {
        hasMissed = true;
        if (now - lastTaken > PATIENCE) {
          end();
        }
        return !ended.get();
      }
      out.write(hasMissed ? all.get() : change);
      hasMissed = false;
      lastTaken = now;
      flush();
      return true;
    } catch (IOException | RuntimeException e) {
      ended.set(true); // the browser has gone: the container knows, and completes the request
      return false;
    } finally {
      if (isMine) {
        writing.unlock();
      }
    }
  }

  @Override
  public String owner() {
    return owner;
  }

  private void flush() throws IOException {
    if (out.isReady()) {
      out.flush();
    }
  }

  @Override
  public void end() {
    if (ended.compareAndSet(false, true)) {
      complete();
    }
  }

  private void complete() {
    try {
      request.complete();
    } catch (RuntimeException e) {
      // it was over already
    }
  }

  private void endAfterWriter() {
    ended.set(true);
    awaitWriter();
    complete();
  }

  private void awaitWriter() {
    try {
      if (writing.tryLock(1, TimeUnit.SECONDS)) {
        writing.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onWritePossible() throws IOException {
    open = true;
    if (!ended.get() && writing.tryLock()) {
      try {
        flush();
      } finally {
        writing.unlock();
      }
    }
  }

  @Override
  public void onError(Throwable e) {
    endAfterWriter();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    ended.set(true);
    awaitWriter();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    endAfterWriter();
  }

  @Override
  public void onError(AsyncEvent event) {
    endAfterWriter();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {}
}
