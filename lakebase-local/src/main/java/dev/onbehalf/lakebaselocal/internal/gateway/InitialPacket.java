package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client may send first (PostgreSQL manual, "Message Formats"): these packets have a length
 * and no type, and are told apart by the number that follows.
 */
sealed interface InitialPacket {

  /** Asks for TLS. */
  record SslRequest() implements InitialPacket {}

  /** Asks for GSSAPI encryption. */
  record GssEncryptionRequest() implements InitialPacket {}

  /** Asks to cancel a statement of another connection; passed on as it came. */
  record CancelRequest(ByteBuffer bytes) implements InitialPacket {}

  /** Asks for a session; passed on as it came, once the role has proved itself. */
  record StartupMessage(ByteBuffer bytes, String role, String database) implements InitialPacket {}

  /** PostgreSQL's MAX_STARTUP_PACKET_LENGTH. */
  int MAX_LENGTH = 10_000;

  int SSL_REQUEST = 80877103;
  int GSS_ENCRYPTION_REQUEST = 80877104;
  int CANCEL_REQUEST = 80877102;

  /**
   * Reads one packet and not a byte more, so that nothing sent in clear is taken for something that
   * came through TLS (the attack of CVE-2021-23222).
   *
   * @return null if the client left without a word, as port probes do
   */
  static @Nullable InitialPacket read(InputStream in) throws IOException, LoginRefusedException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    DataInputStream data = new DataInputStream(in);
    int length = first << 24 | data.readUnsignedByte() << 16 | data.readUnsignedShort();
    if (length < 8 || length > MAX_LENGTH) {
      throw new LoginRefusedException("08P01", "invalid length of startup packet");
    }
    byte[] body = in.readNBytes(length - 4);
    if (body.length < length - 4) {
      throw new EOFException("The client left in the middle of its first packet");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).putInt(length).put(body).flip();
    int code = ByteBuffer.wrap(body).getInt();
    return switch (code) {
      case SSL_REQUEST -> new SslRequest();
      case GSS_ENCRYPTION_REQUEST -> new GssEncryptionRequest();
      case CANCEL_REQUEST -> new CancelRequest(bytes);
      default -> startup(code, bytes);
    };
  }

  private static StartupMessage startup(int version, ByteBuffer bytes)
      throws LoginRefusedException {
    if (version >>> 16 != 3) {
      throw new LoginRefusedException(
          "0A000",
          "unsupported frontend protocol "
              + (version >>> 16)
              + "."
              + (version & 0xffff)
              + ": server supports 3.0 to 3.0");
    }
    StartupParameters parameters = StartupParameters.parse(bytes.duplicate().position(8));
    String role = parameters.find("user");
    if (role == null || role.isEmpty()) {
      throw new LoginRefusedException(
          "28000", "no PostgreSQL user name specified in startup packet");
    }
    String database = parameters.find("database");
    return new StartupMessage(bytes, role, database == null ? role : database);
  }
}
