package dev.onbehalf.lakebaselocal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The programs of this user that run now; each leaves its environment in its own folder. */
final class RunningInstances {
  private static final String FILE = "environment";

  private RunningInstances() {}

  static Path fileIn(Path instance) {
    return instance.resolve(FILE);
  }

  /**
   * The environment of the one that runs.
   *
   * @param temporary where the instances' folders are
   * @throws IllegalStateException if it is none, or several
   */
  static Map<String, String> only(Path temporary) throws IOException {
    List<Path> found = environments(temporary);
    if (found.isEmpty()) {
      throw new IllegalStateException(
          "No lakebase-local of yours runs here: start one, or name its --env-file");
    }
    if (found.size() > 1) {
      throw new IllegalStateException(
          found.size()
              + " lakebase-local of yours run here: start the one that you mean with --env-file,"
              + " and name that");
    }
    return EnvironmentFile.read(found.get(0));
  }

  private static List<Path> environments(Path temporary) throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files
          .filter(folder -> String.valueOf(folder.getFileName()).startsWith("lakebase-"))
          .filter(RunningInstances::isOwn)
          .map(RunningInstances::fileIn)
          .filter(Files::isReadable)
          .toList();
    }
  }

  /** Somebody else's could lead anywhere. */
  private static boolean isOwn(Path folder) {
    try {
      return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
          .getName()
          .equals(System.getProperty("user.name"));
    } catch (IOException e) {
      return false; // gone since
    }
  }
}
