package dev.onbehalf.lakebaselocal.internal.postgres;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs, unpacked, with the extension {@code databricks_auth} added and an empty
 * cluster made with them.
 */
final class Installation {
  /*
   * It is made once for each user of the machine and each version, and kept: unpacking takes some
   * seconds, and copying the empty cluster is ten times faster than initdb. It is made within the
   * folder of the instance that needs it first, which goes when that instance goes, and is moved to
   * its place whole. Of two instances that make it at the same time, the first one's stays.
   *
   * What cleans temporary files by their age may take single files out of it. The number of files is
   * kept and compared, and one that lost some is made anew.
   *
   * The embedded PostgreSQL of io.zonky.test brings the programs and finds out which of them and
   * which trick this machine needs. Its own way to run them is not ours: it wants a TCP port open to
   * everybody on the machine.
   */
  private static final List<String> EXTENSION_FILES =
      List.of("databricks_auth.control", "databricks_auth--1.0.sql");

  private static final List<String> INITDB_OPTIONS =
      List.of(
          "--no-sync",
          "--auth=trust",
          "--encoding=UTF-8",
          "--locale=C",
          "--locale-provider=builtin",
          "--builtin-locale=C.UTF-8",
          "--username=" + Server.SUPERUSER);

  /** Part of the name, to be raised when this class makes something else of the same. */
  private static final String FORM = "2";

  private final Path folder;

  private Installation(Path folder) {
    this.folder = folder;
  }

  /**
   * The installation that is there, or a new one.
   *
   * @param instance the instance's private folder
   */
  static Installation prepare(Path instance) throws IOException {
    refuseToRunAsRoot();
    byte[] archive = archive();
    String user = System.getProperty("user.name", "unknown");
    Path all = PrivateFolder.shared("onbehalf-postgres-" + user, instance);
    Path place = all.resolve(digest(archive));
    if (!isWhole(place)) {
      Path fresh = make(archive, Files.createDirectory(instance.resolve("installation")));
      settle(fresh, place, instance.resolve("damaged"));
    }
    return new Installation(place);
  }

  /** A command line that runs one of the programs. */
  List<String> command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (LinuxUtils.isUnshareAvailable()) {
      command.addAll(List.of("unshare", "-U")); // another user id, because PostgreSQL refuses root
    }
    command.add(folder.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    return command;
  }

  /**
   * Executes statements in a cluster that does not run, without a connection: in single-user mode.
   * The first error ends it.
   *
   * @param statements without line breaks, because each line is a statement there
   */
  void execute(Path data, String database, List<String> statements) throws IOException {
    Command.run(
        command(
            "postgres",
            List.of("--single", "-D", data.toString(), "-c", "exit_on_error=on", database)),
        String.join(";\n", statements) + ";\n");
  }

  /** An empty cluster, to be copied; each database in it has the extension. */
  Path cluster() {
    return folder.resolve("cluster");
  }

  private static void refuseToRunAsRoot() {
    if ("root".equals(System.getProperty("user.name")) && !LinuxUtils.isUnshareAvailable()) {
      throw new IllegalStateException(
          "PostgreSQL does not run as root, and \"unshare -U\", which would give it another user id,"
              + " does not work here: run this as another user, or allow user namespaces (in a"
              + " container: --security-opt seccomp=unconfined)");
    }
  }

  private static byte[] archive() throws IOException {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "");
    boolean mac = os.startsWith("mac");
    if (!mac && !os.startsWith("linux")) {
      throw new IllegalStateException("lakebase-local runs on Linux and macOS, not on " + os);
    }
    try (InputStream in =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            mac ? "Darwin" : "Linux", arch.equals("amd64") ? "x86_64" : arch)) {
      return in.readAllBytes();
    }
  }

  /** A name for all that an installation is made of. */
  private static String digest(byte[] archive) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(archive);
      digest.update((FORM + INITDB_OPTIONS).getBytes(StandardCharsets.UTF_8));
      for (String name : EXTENSION_FILES) {
        digest.update(Resources.text(name).getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static Path make(byte[] archive, Path folder) throws IOException {
    Archive.unpack(new ByteArrayInputStream(archive), folder);
    for (String name : EXTENSION_FILES) {
      Files.writeString(
          folder.resolve("share/postgresql/extension").resolve(name), Resources.text(name));
    }
    Installation installation = new Installation(folder);
    List<String> arguments = new ArrayList<>(INITDB_OPTIONS);
    arguments.add("--pgdata=" + installation.cluster());
    Command.run(installation.command("initdb", arguments));
    installation.execute(
        installation.cluster(), "template1", List.of("CREATE EXTENSION databricks_auth"));
    Files.writeString(countFile(folder), Long.toString(countFiles(folder)));
    return folder;
  }

  private static boolean isWhole(Path place) throws IOException {
    return Files.exists(countFile(place))
        && Files.readString(countFile(place)).equals(Long.toString(countFiles(place)));
  }

  private static Path countFile(Path folder) {
    return folder.resolve("files.count");
  }

  /** The count's own file is left out. */
  private static long countFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !file.equals(countFile(folder))).count();
    }
  }

  private static void settle(Path fresh, Path place, Path damaged) throws IOException {
    try {
      if (Files.exists(place) && !isWhole(place)) {
        Files.move(place, damaged, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Which subclass says "is there already" differs between systems and JDKs: so look.
      if (!isWhole(place)) {
        throw e;
      }
      // Another instance was faster; what we made goes with our folder.
    }
  }
}
