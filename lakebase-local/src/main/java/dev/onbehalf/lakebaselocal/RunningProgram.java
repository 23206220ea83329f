package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.postgres.PrivateFile;
import dev.onbehalf.lakebaselocal.proxy.SignInProxy;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the program has started, and what it says of it. */
final class RunningProgram implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningProgram.class);

  private final Options options;
  private final LakebaseLocal lakebase;

  /** The latest first. */
  private final Deque<Closeable> parts = new ArrayDeque<>();

  private RunningProgram(Options options, LakebaseLocal lakebase) {
    this.options = options;
    this.lakebase = lakebase;
    parts.push(lakebase::close);
  }

  static RunningProgram start(Options options) throws IOException {
    EnvironmentFile file = environmentFile(options); // before the start, which takes seconds
    RunningProgram program = new RunningProgram(options, options.lakebase().start());
    try {
      program.startRest(file);
      return program;
    } catch (IOException | RuntimeException e) {
      program.close();
      throw e;
    }
  }

  private static @Nullable EnvironmentFile environmentFile(Options options) {
    return options.environmentFile() == null ? null : EnvironmentFile.at(options.environmentFile());
  }

  private void startRest(@Nullable EnvironmentFile file) throws IOException {
    if (options.proxy() != null) {
      parts.push(SignInProxy.start(lakebase, options.proxy().own(), options.proxy().application()));
    }
    PrivateFile.write(
        RunningInstances.fileIn(lakebase.folder()),
        EnvironmentFile.text(lakebase.environment()).getBytes(StandardCharsets.UTF_8));
    if (file != null) {
      parts.push(file);
      file.write(lakebase.environment());
    }
  }

  /** Says all that an app needs, then what a person at the console may want to know. */
  void announce(PrintStream forPrograms, PrintStream forPeople) {
    StringBuilder text = new StringBuilder();
    lakebase.environment().forEach((name, value) -> text.append(name + "=" + value + "\n"));
    forPrograms.print(text.append("READY\n"));
    forPrograms.flush();
    forPeople.print(new Hint(lakebase, options).text());
    forPeople.flush();
  }

  @Override
  public void close() {
    for (Closeable part = parts.poll(); part != null; part = parts.poll()) {
      try {
        part.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("Ending failed: {}", e.getMessage());
      }
    }
  }
}
