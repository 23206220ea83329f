package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders under the machine's folder for temporary files that no other user can look into. */
public final class PrivateFolder {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /** A new folder with a name of its own. */
  public static Path create() throws IOException {
    return Files.createTempDirectory("lakebase-", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  /**
   * The folder for unpacked programs, which all later starts of the same user share. Whoever owns
   * it decides what runs, so it must be our own: in a folder open to all, another user may have
   * made it first.
   *
   * @param ours a folder that this process has made, to learn who we are
   */
  static Path forBinaries(Path ours) throws IOException {
    Path folder =
        ours.resolveSibling("onbehalf-postgres-" + System.getProperty("user.name", "unknown"));
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(ours))) {
        throw new IllegalStateException(
            folder
                + " belongs to somebody else, and programs from it would be run: remove it, or set"
                + " -Djava.io.tmpdir to a folder of your own",
            e);
      }
    }
    Files.setPosixFilePermissions(folder, OWNER_ONLY);
    return folder;
  }
}
