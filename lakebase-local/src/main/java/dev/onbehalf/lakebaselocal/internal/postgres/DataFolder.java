package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of the user's in which an instance keeps what is to outlive it. It is one instance's at
 * a time, nobody else on the machine can look into it, and one that holds anything else than ours
 * is left alone.
 */
public final class DataFolder implements Closeable {
  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lock;

  private DataFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Takes the folder, which is made if it is missing.
   *
   * @param marker the file by whose presence a folder is known to be ours; whoever opens a new
   *     folder writes it
   * @throws IllegalStateException if it is no folder of ours, or another instance has it
   */
  public static DataFolder open(Path path, String marker) throws IOException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new IllegalStateException(path + " is no folder");
    }
    Files.createDirectories(path);
    Path folder = path.toRealPath();
    if (!Files.exists(folder.resolve(marker)) && !isEmpty(folder)) {
      throw new IllegalStateException(
          folder
              + " is not empty, and lakebase-local has not made what is in it: name another"
              + " folder, or an empty one");
    }
    Files.setPosixFilePermissions(folder, PrivateFolder.OWNER_ONLY.value());
    return new DataFolder(folder, lock(folder));
  }

  /** The lock's own file does not count: a start that failed leaves no more than that. */
  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.allMatch(file -> file.endsWith(LOCK));
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // an instance in this very process has it
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IllegalStateException(
          "Another lakebase-local uses the data in "
              + folder
              + ": stop it first, or name another folder");
    }
    return channel;
  }

  /** A file or a folder in it. */
  public Path resolve(String name) {
    return folder.resolve(name);
  }

  /** Lets another instance have it. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
