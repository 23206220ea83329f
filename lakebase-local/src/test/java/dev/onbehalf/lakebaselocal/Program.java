package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The program form, run as its users run it: {@code java -jar}. */
final class Program implements Closeable {
  private final Process process;
  private final BufferedReader output;
  private final Map<String, String> environment = new LinkedHashMap<>();

  private Program(Process process) {
    this.process = process;
    output = process.inputReader(UTF_8);
  }

  static Path jar() {
    return Path.of(Objects.requireNonNull(System.getProperty("program"), "-Dprogram=<the jar>"));
  }

  /** Starts it; what it says of errors goes to this process's standard error. */
  static Program start(String... arguments) throws IOException {
    return start(
        List.of(),
        List.of(
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"), "-jar", jar().toString()),
        arguments);
  }

  /**
   * Starts it in another way.
   *
   * @param prefix a command that runs a command
   * @param java the JVM's options, the jar included
   */
  static Program start(List<String> prefix, List<String> java, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1"); // it does not live for long
    command.addAll(java);
    command.addAll(List.of(arguments));
    return new Program(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Reads the environment up to READY. */
  Program awaitReady() throws IOException {
    for (String line = readLine(); !line.equals("READY"); line = readLine()) {
      int equals = line.indexOf('=');
      environment.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return this;
  }

  private String readLine() throws IOException {
    @Nullable String line = output.readLine();
    if (line == null) {
      throw new IOException("It has ended before it was ready");
    }
    return line;
  }

  Map<String, String> environment() {
    return environment;
  }

  String get(String name) {
    return Objects.requireNonNull(environment.get(name), name);
  }

  /** The folder that it must not leave behind. */
  Path folder() {
    return Objects.requireNonNull(Path.of(get("PGSSLROOTCERT")).getParent());
  }

  long pid() {
    return process.pid();
  }

  /** Sends a signal, named without SIG, and waits for the end. */
  int signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IOException("It has not ended within 30 s of SIG" + name);
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
