package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders that no other user of the machine can look into. */
public final class PrivateFolder {
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFolder() {}

  /** A new folder with a name of its own, among the machine's temporary files. */
  public static Path create() throws IOException {
    return Files.createTempDirectory("lakebase-", OWNER_ONLY);
  }

  /**
   * A folder beside one of ours, with a name that is always the same; made if it is missing.
   * Whoever owns it decides what is in it, and programs from it are run, so it must be our own:
   * where everybody can make folders, somebody else may have made it first.
   */
  static Path shared(String name, Path ours) throws IOException {
    Path folder = ours.resolveSibling(name);
    try {
      return Files.createDirectory(folder, OWNER_ONLY);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(ours))) {
        throw new IllegalStateException(
            folder
                + " belongs to somebody else, and programs in it would be run: remove it, or set"
                + " -Djava.io.tmpdir to a folder of your own",
            e);
      }
      return Files.setPosixFilePermissions(folder, OWNER_ONLY.value());
    }
  }
}
