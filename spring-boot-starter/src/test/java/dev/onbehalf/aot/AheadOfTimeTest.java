package dev.onbehalf.aot;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

/**
 * What a native image is made of, as far as Spring makes it: the application's beans as code, which
 * is compiled here, and run by a JVM that uses it.
 */
@Tag("long") // ./check long
class AheadOfTimeTest {
  private static final long BOUND = 120;
  private static final String CLASS_PATH =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  private static List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--" + TestApplication.WITHOUT_JPA,
                "--test.libraries=true",
                "--spring.batch.job.enabled=false",
                "--spring.flyway.enabled=false",
                "--spring.liquibase.enabled=false",
                "--spring.main.banner-mode=off"));
    SharedLakebase.get()
        .environment()
        .forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return arguments;
  }

  @Test
  void theApplicationThatIsMadeAheadOfTimeRunsAsThePerson(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path sources = folder.resolve("sources");
    Path classes = folder.resolve("classes");
    Settings settings =
        Settings.builder()
            .sourceOutput(sources)
            .resourceOutput(classes)
            .classOutput(classes)
            .groupId("dev.onbehalf")
            .artifactId("aot-test")
            .build();
    new SpringApplicationAotProcessor(
            SmallApplication.class, settings, arguments().toArray(String[]::new))
        .process();
    compile(sources, classes);
    assertThat(reachable(classes))
        .contains("dev.onbehalf.spring.SessionGuard", "EventPublicationRepository");
    String printed = run(classes, folder.resolve("printed"));
    assertThat(printed)
        .contains("Starting AOT-processed SmallApplication")
        .contains("user " + ALICE + ", events of the service principal true");
  }

  /** The hints, as GraalVM reads them. */
  private static String reachable(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      Path metadata =
          files.filter(it -> it.endsWith("reachability-metadata.json")).findAny().orElseThrow();
      return Files.readString(metadata);
    }
  }

  private static void compile(Path sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8);
        Stream<Path> files = Files.walk(sources)) {
      Files.createDirectories(classes);
      List<String> options =
          List.of(
              "-proc:none",
              "-nowarn",
              "-classpath",
              classes + System.getProperty("path.separator") + CLASS_PATH,
              "-d",
              classes.toString());
      List<Path> java = files.filter(it -> it.toString().endsWith(".java")).toList();
      assertThat(
              compiler
                  .getTask(
                      null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(java))
                  .call())
          .isTrue();
    }
  }

  private static String run(Path classes, Path printed) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dspring.aot.enabled=true",
                "-cp",
                classes + System.getProperty("path.separator") + CLASS_PATH,
                SmallApplication.class.getName()));
    command.addAll(arguments());
    command.add("--test.user=" + ALICE);
    command.add("--test.token=" + SharedLakebase.token(ALICE));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      assertThat(process.waitFor(BOUND, TimeUnit.SECONDS)).isTrue();
      return Files.readString(printed);
    } finally {
      process.destroyForcibly();
    }
  }
}
