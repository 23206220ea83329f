package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;

/** Files that no other user of the machine can read, and that are there whole or not at all. */
public final class PrivateFile {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final SecureRandom RANDOM = new SecureRandom();

  private PrivateFile() {}

  /** Writes the file anew, in the place of one that is there. */
  public static void write(Path file, byte[] content) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    byte[] suffix = new byte[8];
    RANDOM.nextBytes(suffix);
    Path fresh = folder.resolve("." + file.getFileName() + "." + HexFormat.of().formatHex(suffix));
    Files.createFile(fresh, OWNER_ONLY); // private before there is anything in it
    try {
      try (OutputStream out = Files.newOutputStream(fresh, StandardOpenOption.WRITE)) {
        out.write(content);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
