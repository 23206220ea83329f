package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder with a PostgreSQL's data, and how much they are worth.
 *
 * @param folder made by the first start
 */
public record Cluster(Path folder, Durability durability) {

  /** What a crash of the machine may cost. */
  public enum Durability {
    /** All of it: nothing waits for the disk. */
    TEMPORARY(
        """
        fsync = off
        full_page_writes = off
        synchronous_commit = off
        """),
    /** The last moment's transactions, but never what was there before. */
    LASTING("synchronous_commit = off\n");

    private final String settings;

    Durability(String settings) {
      this.settings = settings;
    }
  }

  private static final String SETTINGS = "lakebase-local.conf";
  private static final String VERSION = "PG_VERSION";
  private static final Duration LAST_END = Duration.ofSeconds(15);

  /** Makes the data of an installation's empty ones, unless there are data already. */
  void makeIfMissing(Installation installation, List<String> setup) throws IOException {
    if (Files.exists(folder)) {
      requireSameVersion(installation.cluster());
      return;
    }
    // Beside its place, and moved there when it is whole: whoever is killed leaves no half of it.
    Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
    delete(fresh);
    copy(installation.cluster(), fresh);
    Files.writeString(
        fresh.resolve("postgresql.conf"),
        "\ninclude '" + SETTINGS + "'\n",
        StandardOpenOption.APPEND);
    Files.writeString(fresh.resolve(SETTINGS), "");
    installation.execute(fresh, "postgres", setup);
    Files.move(fresh, folder);
  }

  private void requireSameVersion(Path ours) throws IOException {
    String theirs = version(folder);
    String brought = version(ours);
    if (!theirs.equals(brought)) {
      throw new IllegalStateException(
          ("The data in %s were made by PostgreSQL %s, and this lakebase-local brings PostgreSQL %s,"
                  + " which can't read them: use the lakebase-local that made them, or name"
                  + " another folder")
              .formatted(folder, theirs, brought));
    }
  }

  private static String version(Path cluster) throws IOException {
    return Files.readString(cluster.resolve(VERSION)).strip();
  }

  /** Settings for the start that comes. */
  void configure(String settings) throws IOException {
    Files.writeString(folder.resolve(SETTINGS), settings + durability.settings);
  }

  /**
   * Waits until a PostgreSQL that somebody left behind on these data has ended: when a JVM was
   * killed, its watchdog needs a moment.
   */
  void awaitLastEnd() throws IOException {
    long deadline = System.nanoTime() + LAST_END.toNanos();
    while (Files.exists(folder.resolve("postmaster.pid"))
        && postmaster().filter(ProcessHandle::isAlive).isPresent()
        && System.nanoTime() < deadline) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while a former PostgreSQL ends", e);
      }
    }
  }

  /** The number in the file may be anybody's after a crash, so what it runs is looked at too. */
  private Optional<ProcessHandle> postmaster() {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("postmaster.pid"));
      return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
          .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty(); // it has just ended, or just begins to
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(to.resolve(from.relativize(folder)), PrivateFolder.OWNER_ONLY);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
