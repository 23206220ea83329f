package dev.onbehalf.lakebaselocal.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a message's body is told from what follows it (RFC 9112, section 6). It is measured once, by
 * us, and handed on in a form of our own; so nobody behind us can measure it otherwise. A message
 * that gives two measures is refused.
 */
sealed interface Body {

  /** Nothing follows. */
  record None() implements Body {}

  /** So many bytes follow. */
  record Length(long bytes) implements Body {}

  /** Chunks follow; what they end with beyond the body, the trailers, is dropped. */
  record Chunked() implements Body {}

  /** All follows until the sender ends; of an answer only. */
  record UntilEnd() implements Body {}

  Pattern DIGITS = Pattern.compile("[0-9]{1,18}");
  Pattern HEX = Pattern.compile("[0-9a-fA-F]{1,15}");
  int BUFFER = 16 * 1024;
  int MAX_LINE = 1024;

  static Body ofRequest(Head head) throws BadMessageException {
    List<String> encodings = head.values("Transfer-Encoding");
    List<String> lengths = head.values("Content-Length");
    if (!encodings.isEmpty() && !lengths.isEmpty()) {
      throw new BadMessageException(
          400, "The request has both a Content-Length and a Transfer-Encoding.");
    }
    return measured(encodings, lengths, new None());
  }

  static Body ofAnswer(Head head, String method, int status) throws BadMessageException {
    if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
      return new None();
    }
    List<String> encodings = head.values("Transfer-Encoding");
    List<String> lengths = head.values("Content-Length");
    if (!encodings.isEmpty() && !lengths.isEmpty()) {
      throw new BadMessageException(
          502, "The answer has both a Content-Length and a Transfer-Encoding.");
    }
    try {
      return measured(encodings, lengths, new UntilEnd());
    } catch (BadMessageException e) {
      throw new BadMessageException(502, "The application's answer: " + e.getMessage());
    }
  }

  private static Body measured(List<String> encodings, List<String> lengths, Body otherwise)
      throws BadMessageException {
    if (!encodings.isEmpty()) {
      if (encodings.size() > 1 || !encodings.get(0).toLowerCase(Locale.ROOT).equals("chunked")) {
        throw new BadMessageException(400, "The one Transfer-Encoding taken here is chunked.");
      }
      return new Chunked();
    }
    if (lengths.isEmpty()) {
      return otherwise;
    }
    if (lengths.size() > 1 || !DIGITS.matcher(lengths.get(0)).matches()) {
      throw new BadMessageException(400, "The Content-Length is not one number.");
    }
    return new Length(Long.parseLong(lengths.get(0)));
  }

  /** Copies the body, each part as soon as it has come. */
  default void copy(InputStream in, OutputStream out) throws IOException {
    if (this instanceof Length length) {
      copyBytes(in, length.bytes(), out);
    } else if (this instanceof Chunked) {
      copyChunks(in, new ChunkedOutput(out));
    } else if (this instanceof UntilEnd) {
      copyToEnd(in, new ChunkedOutput(out));
    }
  }

  /** The whole body, of a request that should be short. */
  default byte[] read(InputStream in, int max) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    OutputStream limited =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int count) throws IOException {
            if (body.size() + count > max) {
              throw new BadMessageException(413, "The body is over " + max + " bytes long.");
            }
            body.write(bytes, offset, count);
          }
        };
    if (this instanceof Length length) {
      copyBytes(in, length.bytes(), limited);
    } else if (this instanceof Chunked) {
      copyChunks(in, limited);
    }
    return body.toByteArray();
  }

  private static void copyBytes(InputStream in, long bytes, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = bytes;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException("The sender ended within a body");
      }
      out.write(buffer, 0, count);
      out.flush();
      left -= count;
    }
  }

  private static void copyChunks(InputStream in, OutputStream out) throws IOException {
    for (long size = chunkSize(in); size > 0; size = chunkSize(in)) {
      copyBytes(in, size, out);
      if (!line(in).isEmpty()) {
        throw new BadMessageException(400, "A chunk is longer than it says.");
      }
    }
    int lines = 0;
    while (!line(in).isEmpty()) { // trailers: a field there could say who somebody is
      lines++;
      if (lines > 100) {
        throw new BadMessageException(400, "There are too many trailers.");
      }
    }
    out.close();
  }

  private static void copyToEnd(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
    out.close();
  }

  private static long chunkSize(InputStream in) throws IOException {
    String size = line(in).split(";", 2)[0].strip();
    if (!HEX.matcher(size).matches()) {
      throw new BadMessageException(400, "The size of a chunk is malformed.");
    }
    return Long.parseLong(size, 16);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\r'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The sender ended within a body");
      }
      if (next == '\n' || line.size() == MAX_LINE) {
        throw new BadMessageException(400, "A line between chunks is malformed.");
      }
      line.write(next);
    }
    if (in.read() != '\n') {
      throw new BadMessageException(400, "A line between chunks does not end in CRLF.");
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** Makes a chunk of each write; closing writes the last one, and leaves what is below open. */
  final class ChunkedOutput extends OutputStream {
    private final OutputStream out;

    ChunkedOutput(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      if (count > 0) {
        out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, offset, count);
        out.write('\r');
        out.write('\n');
        out.flush();
      }
    }

    @Override
    public void close() throws IOException {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }
}
