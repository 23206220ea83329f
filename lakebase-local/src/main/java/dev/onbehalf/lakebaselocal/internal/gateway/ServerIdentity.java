package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Who the server is, for {@code sslmode=verify-full}: a certificate for the loopback names, and the
 * certificate authority that signed it. The authority's key is thrown away when it has signed, so
 * nobody can make further certificates that its clients would believe.
 */
public final class ServerIdentity {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final X500Name AUTHORITY = new X500Name("CN=lakebase-local CA");
  private static final X500Name SERVER = new X500Name("CN=localhost");
  private static final GeneralName[] NAMES = {
    new GeneralName(GeneralName.dNSName, "localhost"),
    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
    new GeneralName(GeneralName.iPAddress, "::1")
  };

  /**
   * The old format, because PKCS12 would spend a good part of the whole start on deriving a key
   * from the password, of which there is none: files with it can be read by their owner only.
   */
  private static final String FORMAT = "JKS";

  private static final char[] NO_PASSWORD = {};
  private static final String ENTRY = "server";
  private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

  private final KeyStore keys;
  private final SSLContext tls;
  private final String authorityPem;

  private ServerIdentity(KeyStore keys, SSLContext tls, String authorityPem) {
    this.keys = keys;
    this.tls = tls;
    this.authorityPem = authorityPem;
  }

  /** Makes a new identity. */
  public static ServerIdentity create() {
    try {
      return of(newKeys());
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  /**
   * The identity whose key is in the file, if it is good for a while yet.
   *
   * @param file as {@link #toBytes()} makes it; only its owner may be able to read it
   */
  public static Optional<ServerIdentity> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore keys = KeyStore.getInstance(FORMAT);
      keys.load(in, NO_PASSWORD);
      X509Certificate server = (X509Certificate) keys.getCertificate(ENTRY);
      Instant renewal = server.getNotAfter().toInstant().minus(RENEWED_BEFORE_END);
      return Instant.now().isBefore(renewal) ? Optional.of(of(keys)) : Optional.empty();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(Exception cause) {
    return new IllegalStateException("Making a certificate for the login gateway failed", cause);
  }

  private static KeyStore newKeys() {
    try {
      KeyPair authorityKey = newKey();
      KeyPair serverKey = newKey();
      X509Certificate authority =
          sign(
              certificate(AUTHORITY, authorityKey)
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                  .addExtension(
                      Extension.keyUsage,
                      true,
                      new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)),
              authorityKey);
      X509Certificate server =
          sign(
              certificate(SERVER, serverKey)
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                  .addExtension(
                      Extension.extendedKeyUsage,
                      false,
                      new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                  .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(NAMES)),
              authorityKey);
      KeyStore keys = KeyStore.getInstance(FORMAT);
      keys.load(null, NO_PASSWORD);
      keys.setKeyEntry(
          ENTRY, serverKey.getPrivate(), NO_PASSWORD, new Certificate[] {server, authority});
      return keys;
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw failed(e);
    }
  }

  private static ServerIdentity of(KeyStore keys) throws GeneralSecurityException {
    Certificate[] chain = keys.getCertificateChain(ENTRY);
    return new ServerIdentity(keys, context(keys), pem(chain[chain.length - 1]));
  }

  /** The key and its certificates: a secret. */
  public byte[] toBytes() throws IOException {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      keys.store(out, NO_PASSWORD);
      return out.toByteArray();
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  /** For the server's side of TLS. */
  public SSLContext tls() {
    return tls;
  }

  /** The authority's certificate, as {@code sslrootcert} wants it. */
  public String authorityPem() {
    return authorityPem;
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder certificate(X500Name subject, KeyPair key) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        AUTHORITY,
        new BigInteger(127, new SecureRandom()).setBit(126),
        Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(VALIDITY)),
        subject,
        key.getPublic());
  }

  private static X509Certificate sign(X509v3CertificateBuilder certificate, KeyPair authorityKey)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            certificate.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate())));
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }
}
