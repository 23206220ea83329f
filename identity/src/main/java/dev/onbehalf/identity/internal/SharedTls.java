package dev.onbehalf.identity.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.postgresql.ssl.WrappedFactory;

/**
 * TLS for all logins that trust the same file of certificates: it is read once, and sessions are
 * resumed where the server lets them be. A file that changes is read anew at the next login.
 *
 * <p>Public because pgjdbc makes one by its name, for each connection; its own factory would read
 * the file, and begin without any session, each time. Thread-safe.
 */
public final class SharedTls extends WrappedFactory {
  private static final Map<Path, Loaded> LOADED = new ConcurrentHashMap<>();

  private record Loaded(FileTime modified, long size, SSLSocketFactory factory) {}

  /**
   * As pgjdbc calls it, with {@code sslfactoryarg}.
   *
   * @throws IOException if the file can't be read
   * @throws GeneralSecurityException if there is no certificate in it
   */
  public SharedTls(String certificates) throws IOException, GeneralSecurityException {
    factory = trusting(Path.of(certificates));
  }

  /** Two that load the same file at once share nothing until the next login; no harm in that. */
  private static SSLSocketFactory trusting(Path certificates)
      throws IOException, GeneralSecurityException {
    FileTime modified = Files.getLastModifiedTime(certificates);
    long size = Files.size(certificates);
    Loaded loaded = LOADED.get(certificates);
    if (loaded == null || !loaded.modified.equals(modified) || loaded.size != size) {
      loaded = new Loaded(modified, size, load(certificates));
      LOADED.put(certificates, loaded);
    }
    return loaded.factory;
  }

  private static SSLSocketFactory load(Path certificates)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream file = Files.newInputStream(certificates)) {
      for (Certificate it : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        trusted.setCertificateEntry("trusted-" + trusted.size(), it);
      }
    }
    if (trusted.size() == 0) {
      throw new CertificateException(certificates + " holds no certificate");
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
