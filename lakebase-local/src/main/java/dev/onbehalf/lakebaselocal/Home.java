package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.gateway.ServerIdentity;
import dev.onbehalf.lakebaselocal.internal.postgres.Cluster;
import dev.onbehalf.lakebaselocal.internal.postgres.Cluster.Durability;
import dev.onbehalf.lakebaselocal.internal.postgres.DataFolder;
import dev.onbehalf.lakebaselocal.internal.postgres.PrivateFile;
import dev.onbehalf.lakebaselocal.internal.postgres.PrivateFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where an instance's things are: all of them temporary, or some of them kept in a folder. */
final class Home implements Closeable {
  private static final String KEPT = "lakebase-local.properties";
  private static final String CLUSTER = "data";
  private static final String SERVER_KEY = "server-key.jks";

  private final Path temporary;
  private final @Nullable DataFolder data;
  private final Kept kept;
  private final boolean old;

  private Home(Path temporary, @Nullable DataFolder data, Kept kept, boolean old) {
    this.temporary = temporary;
    this.data = data;
    this.kept = kept;
    this.old = old;
  }

  /** Takes the folder that the settings name, if they name one. */
  static Home of(LocalSettings settings) throws IOException {
    if (settings.data() == null) {
      return new Home(PrivateFolder.create(), null, Kept.fresh(settings), false);
    }
    DataFolder data = DataFolder.open(settings.data(), KEPT);
    try {
      Path file = data.resolve(KEPT);
      Kept kept = Files.exists(file) ? Kept.read(file).joinedBy(settings) : Kept.fresh(settings);
      kept.write(file);
      boolean old = Files.exists(data.resolve(CLUSTER));
      return new Home(PrivateFolder.create(), data, kept, old);
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  /** Goes when the instance ends. */
  Path temporary() {
    return temporary;
  }

  Kept kept() {
    return kept;
  }

  /** Whether there are data already, made by a former start. */
  boolean isOld() {
    return old;
  }

  Cluster cluster() {
    return data == null
        ? new Cluster(temporary.resolve(CLUSTER), Durability.TEMPORARY)
        : new Cluster(data.resolve(CLUSTER), Durability.LASTING);
  }

  /** The server's key and certificates, a former one's if there are such. */
  ServerIdentity serverIdentity() throws IOException {
    if (data == null) {
      return ServerIdentity.create();
    }
    Path file = data.resolve(SERVER_KEY);
    Optional<ServerIdentity> former =
        Files.exists(file) ? ServerIdentity.read(file) : Optional.empty();
    if (former.isPresent()) {
      return former.get();
    }
    ServerIdentity identity = ServerIdentity.create();
    PrivateFile.write(file, identity.toBytes());
    return identity;
  }

  /** The certificate's place, for clients. */
  Path rootCertificate() {
    return data == null ? temporary.resolve("ca.pem") : data.resolve("ca.pem");
  }

  /** Keeps who the people are, if anything is kept. */
  void keepPeople(List<String> users, List<String> peopleWithoutRole) throws IOException {
    if (data != null) {
      kept.withPeople(users, peopleWithoutRole).write(data.resolve(KEPT));
    }
  }

  /** Lets another instance have the folder. */
  @Override
  public void close() throws IOException {
    if (data != null) {
      data.close();
    }
  }
}
