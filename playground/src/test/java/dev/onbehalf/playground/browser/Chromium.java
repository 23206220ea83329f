package dev.onbehalf.playground.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Chromium of this machine, started once for all tests of a JVM: the one that the variable
 * {@code CHROMIUM} or the system property of the same name points to, else the first in the usual
 * places. Nothing is downloaded.
 */
public final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final List<String> ELSEWHERE =
      List.of(
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
          "/Applications/Chromium.app/Contents/MacOS/Chromium");
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox", // Chromium's sandbox does not start as root
          "--disable-gpu",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-first-run");

  private static @Nullable Browser browser;

  private Chromium() {}

  /** Without a window, and with an empty profile for each context; ends with the JVM. */
  public static Browser browser() {
    if (browser == null) {
      browser = launch();
    }
    return browser;
  }

  private static Browser launch() {
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
    return playwright
        .chromium()
        .launch(new BrowserType.LaunchOptions().setExecutablePath(executable()).setArgs(ARGUMENTS));
  }

  private static Path executable() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    Stream<Path> installed =
        NAMES.stream()
            .flatMap(
                name -> Stream.of(path.split(File.pathSeparator)).map(at -> Path.of(at, name)));
    return Stream.of(
            Stream.of(System.getProperty("CHROMIUM", ""), System.getenv("CHROMIUM"))
                .filter(named -> named != null && !named.isEmpty())
                .map(Path::of),
            installed,
            ELSEWHERE.stream().map(Path::of))
        .flatMap(places -> places)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The tests of the page need a Chromium or Chrome: install one, or set CHROMIUM"
                        + " to its path."));
  }
}
