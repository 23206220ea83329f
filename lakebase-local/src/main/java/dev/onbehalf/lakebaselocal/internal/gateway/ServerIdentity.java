package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.IOException;
import java.math.BigInteger;
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

  private final SSLContext tls;
  private final String authorityPem;

  private ServerIdentity(SSLContext tls, String authorityPem) {
    this.tls = tls;
    this.authorityPem = authorityPem;
  }

  /** Makes a new identity. */
  public static ServerIdentity create() {
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
      return new ServerIdentity(context(serverKey, server, authority), pem(authority));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("Making a certificate for the login gateway failed", e);
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

  private static SSLContext context(
      KeyPair key, X509Certificate certificate, X509Certificate authority)
      throws GeneralSecurityException, IOException {
    // Never written anywhere. The old format, because PKCS12 would spend a good part of the whole
    // start on deriving a key from the password.
    char[] noPassword = new char[0];
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, noPassword);
    store.setKeyEntry(
        "server", key.getPrivate(), noPassword, new Certificate[] {certificate, authority});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, noPassword);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static String pem(X509Certificate certificate) throws GeneralSecurityException {
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }
}
