package dev.onbehalf.playground.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.identity.FleetStatus.Member;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatistics.Evictions;
import dev.onbehalf.pool.PoolStatisticsSource;
import dev.onbehalf.pool.UserPoolStatistics;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bars of a fleet's instances: as long as their shares, and filled as far as they are used. */
class FleetPictureTest {
  private volatile Optional<FleetStatus> fleet = Optional.empty();

  private static final class Idle implements PoolStatisticsSource {
    @Override
    public PoolStatistics statistics() {
      return new PoolStatistics(
          9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, new Evictions(0, 0, 0, 0, 0));
    }

    @Override
    public List<UserPoolStatistics> statisticsByUser() {
      return List.of();
    }

    @Override
    public PoolSnapshot snapshot() {
      return new PoolSnapshot(statistics(), List.of(), List.of(), List.of(), List.of());
    }
  }

  private static double width(Locator of) {
    BoundingBox box = of.boundingBox();
    assertThat(box).isNotNull();
    return box.width;
  }

  @Test
  void eachInstanceHasABarWhereThereIsAFleet() throws Exception {
    try (PictureServer server = new PictureServer(new Idle(), () -> fleet);
        var browser =
            Chromium.browser()
                .newContext(new Browser.NewContextOptions().setViewportSize(360, 900))) {
      Page page = browser.newPage();
      page.navigate(server.url());
      assertThat(page.locator(".ob-says")).containsText("quiet");
      assertThat(page.locator(".ob-fleet")).isHidden();

      fleet =
          Optional.of(
              new FleetStatus(
                  2,
                  10,
                  40,
                  List.of(
                      new Member("0123456789ab", 20, 5, false), new Member("0a", 10, 10, true))));
      assertThat(page.locator(".ob-fleet h3")).hasText("2 instances share 40 connections");
      assertThat(page.locator(".ob-members li"))
          .hasText(new String[] {"#0123456789ab 5 open of 20", "This one 10 open of 10"});
      Locator bars = page.locator(".ob-bar");
      Locator held = page.locator(".ob-held");
      assertThat(width(bars.nth(0)) / width(bars.nth(1))).isBetween(1.9, 2.1);
      assertThat(width(held.nth(0)) / width(bars.nth(0))).isBetween(0.2, 0.3);
      assertThat(width(held.nth(1)) / width(bars.nth(1))).isBetween(0.9, 1.0);
      assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
          .isEqualTo(true);

      fleet = Optional.of(new FleetStatus(0, 10, 40, List.of()));
      assertThat(page.locator(".ob-fleet h3")).hasText("Out of touch with the other instances");
      assertThat(page.locator(".ob-members li")).hasCount(0);
    }
  }
}
