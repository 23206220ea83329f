package dev.onbehalf.playground.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.sun.management.ThreadMXBean;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolSnapshot.Awaited;
import dev.onbehalf.pool.PoolSnapshot.Cause;
import dev.onbehalf.pool.PoolSnapshot.Eviction;
import dev.onbehalf.pool.PoolSnapshot.Place;
import dev.onbehalf.pool.PoolSnapshot.State;
import dev.onbehalf.pool.PoolSnapshot.Waiting;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatistics.Evictions;
import dev.onbehalf.pool.PoolStatisticsSource;
import dev.onbehalf.pool.UserPoolStatistics;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the picture costs with 500 places and 5,000 people, of whom 200 wait, where each look finds
 * half of the places changed: the server's processor time, and the frames that Chromium misses. The
 * pool is made up; what a real one's look costs is the pool's SnapshotTest's.
 */
@Tag("long")
class PictureCostTest {
  private static final int PLACES = 500;
  private static final int PEOPLE = 5_000;
  private static final Duration MEASURED = Duration.ofSeconds(20);

  /** In the page: how many frames came, and how many came a frame or more too late. */
  private static final String FRAMES =
      """
      (millis) => new Promise((done) => {
        const gaps = [];
        const began = performance.now();
        let last = began;
        requestAnimationFrame(function frame(now) {
          gaps.push(now - last);
          last = now;
          if (now - began < millis) requestAnimationFrame(frame);
          else done([gaps.length, gaps.slice(1).filter((gap) => gap > 25).length, Math.max(...gaps)]);
        });
      })
      """;

  /** Half of whose places change from look to look. */
  private static final class Busy implements PoolStatisticsSource {
    private final SplittableRandom random = new SplittableRandom(7);
    private final Place[] places = new Place[PLACES];
    private final AtomicLong numbers = new AtomicLong();
    private final List<Eviction> evictions = new ArrayList<>();
    private long acquired;
    private long evicted;

    Busy() {
      for (int i = 0; i < PLACES; i++) {
        places[i] = place(State.IDLE);
      }
    }

    private String somebody() {
      return "person-%s@example.com".formatted(random.nextInt(PEOPLE));
    }

    private Place place(State state) {
      return new Place(numbers.incrementAndGet(), somebody(), state, Duration.ofMillis(9), 1);
    }

    @Override
    public PoolStatistics statistics() {
      return new PoolStatistics(
          PLACES,
          PLACES,
          PLACES,
          250,
          250,
          5,
          200,
          PEOPLE,
          200,
          acquired,
          evicted,
          0,
          0,
          new Evictions(evicted, 0, 0, 0, 0));
    }

    @Override
    public List<UserPoolStatistics> statisticsByUser() {
      return List.of();
    }

    @Override
    public PoolSnapshot snapshot() {
      for (int i = 0; i < PLACES; i++) {
        int what = random.nextInt(40);
        Place it = places[i];
        if (what == 0) {
          places[i] = place(State.LOGGING_IN);
          evicted++;
          evictions.add(
              0,
              new Eviction(
                  it.connection(),
                  it.user(),
                  Cause.BUDGET,
                  Optional.of(places[i].user()),
                  Duration.ZERO,
                  Duration.ofSeconds(3),
                  it.leases()));
        } else if (what < 20) {
          acquired += 10;
          places[i] =
              new Place(
                  it.connection(),
                  it.user(),
                  what % 2 == 0 ? State.LENT : State.IDLE,
                  Duration.ofMillis(9),
                  it.leases() + 10);
        }
      }
      while (evictions.size() > PoolSnapshot.MOST_EVICTIONS) {
        evictions.remove(evictions.size() - 1);
      }
      List<Waiting> waiting = new ArrayList<>();
      for (int i = 0; i < PoolSnapshot.MOST_USERS; i++) {
        waiting.add(new Waiting(somebody(), 1, Awaited.PLACE, Duration.ofMillis(900)));
      }
      return new PoolSnapshot(statistics(), List.of(places), waiting, evictions, List.of());
    }
  }

  @Test
  void theServerAndTheBrowserAreQuiet() throws Exception {
    try (PictureServer server = new PictureServer(new Busy(), Optional::empty);
        var browser =
            Chromium.browser()
                .newContext(new Browser.NewContextOptions().setViewportSize(1440, 900))) {
      Page page = browser.newPage();
      page.navigate("about:blank");
      List<?> blank = (List<?>) page.evaluate(FRAMES, (int) MEASURED.toMillis());
      page.navigate(server.url());
      page.waitForCondition(() -> page.locator(".ob-legend").textContent().contains("in use"));
      page.waitForTimeout(10_000); // what is compiled then stays so
      CDPSession devTools = page.context().newCDPSession(page);
      JsonObject ofThread = new JsonObject();
      ofThread.addProperty("timeDomain", "threadTicks");
      devTools.send("Performance.enable", ofThread);
      double pageBefore = taskSeconds(devTools);
      long before = processorNanos();
      List<?> frames = (List<?>) page.evaluate(FRAMES, (int) MEASURED.toMillis());
      double share = 100.0 * (processorNanos() - before) / MEASURED.toNanos();
      double pageShare = 100 * (taskSeconds(devTools) - pageBefore) / MEASURED.toSeconds();
      picture(page, "500-places-1440");
      String said =
          "500 places, 5,000 people: %s %% of a core in the server, %s %% in the page; frames in %s s, late ones, the latest in ms: %s (of an empty page: %s)"
              .formatted(rounded(share), rounded(pageShare), MEASURED.toSeconds(), frames, blank);
      System.out.println(said);
      assertThat(share).as(said).isLessThan(2);
      assertThat(number(frames, 1)).as(said).isLessThan(number(blank, 1) + 24); // 2 in 100
      page.setViewportSize(360, 900);
      page.waitForTimeout(1_000);
      picture(page, "500-places-360");
    }
  }

  private static double rounded(double number) {
    return Math.round(100 * number) / 100.0;
  }

  private static double number(List<?> of, int at) {
    return ((Number) of.get(at)).doubleValue();
  }

  /** Processor time of the page's main thread, of all that it did. */
  private static double taskSeconds(CDPSession devTools) {
    for (JsonElement it : devTools.send("Performance.getMetrics").getAsJsonArray("metrics")) {
      if (it.getAsJsonObject().get("name").getAsString().equals("TaskDuration")) {
        return it.getAsJsonObject().get("value").getAsDouble();
      }
    }
    throw new IllegalStateException("Chromium tells no TaskDuration");
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target", "screenshots", "PictureCostTest-" + name + ".png"))
            .setFullPage(true));
  }

  /** Of the sampler and of the web server. */
  private static long processorNanos() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            it ->
                it.getName().startsWith("onbehalf-dashboard")
                    || it.getName().startsWith("http-nio"))
        .mapToLong(it -> threads.getThreadCpuTime(it.getId()))
        .sum();
  }
}
