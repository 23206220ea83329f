package dev.onbehalf.lakebaselocal.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message of HTTP/1.1 (RFC 9112): its first line and its fields, each character a
 * byte.
 *
 * <p>What two readers could understand in two ways is refused, not mended: a line that ends in less
 * than CRLF, a folded field, a space before the colon, a control character.
 */
record Head(String firstLine, List<Field> fields) {

  record Field(String name, String value) {
    boolean isNamed(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_FIELDS = 200;
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern TEXT = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

  /**
   * Reads a head.
   *
   * @return null if the sender has ended before it said anything
   * @throws BadMessageException if it is malformed, or too long
   */
  static @Nullable Head read(InputStream in) throws IOException {
    int[] left = {MAX_BYTES};
    String firstLine = readLine(in, left);
    if (firstLine == null) {
      return null;
    }
    List<Field> fields = new ArrayList<>();
    for (String line = requireLine(in, left); !line.isEmpty(); line = requireLine(in, left)) {
      if (fields.size() == MAX_FIELDS) {
        throw new BadMessageException(431, "There are more than " + MAX_FIELDS + " fields.");
      }
      fields.add(field(line));
    }
    return new Head(firstLine, fields);
  }

  private static Field field(String line) throws BadMessageException {
    int colon = line.indexOf(':');
    if (colon < 0 || !TOKEN.matcher(line.substring(0, colon)).matches()) {
      throw new BadMessageException(400, "A field's name is malformed.");
    }
    return new Field(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  private static String requireLine(InputStream in, int[] left) throws IOException {
    String line = readLine(in, left);
    if (line == null) {
      throw new BadMessageException(400, "The message ends within its head.");
    }
    return line;
  }

  private static @Nullable String readLine(InputStream in, int[] left) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (left[0]-- == 0) {
        throw new BadMessageException(431, "The head is over " + MAX_BYTES + " bytes long.");
      }
      if (next == '\r') {
        if (in.read() != '\n') {
          throw new BadMessageException(400, "A line of the head does not end in CRLF.");
        }
        return text(line);
      }
      line.write(next);
    }
    if (line.size() == 0) {
      return null;
    }
    throw new BadMessageException(400, "The message ends within its head.");
  }

  private static String text(ByteArrayOutputStream line) throws BadMessageException {
    String text = line.toString(StandardCharsets.ISO_8859_1);
    if (!TEXT.matcher(text).matches()) {
      throw new BadMessageException(400, "The head has a control character.");
    }
    return text;
  }

  /** All values of a field. */
  List<String> values(String name) {
    return fields.stream().filter(field -> field.isNamed(name)).map(Field::value).toList();
  }

  /** Whether a field that lists tokens, such as Connection, has this one. */
  boolean lists(String name, String token) {
    return tokens(name).contains(token);
  }

  /** What a field lists, ASCII case aside. */
  Set<String> tokens(String name) {
    Set<String> tokens = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String value : values(name)) {
      for (String token : value.split(",", -1)) {
        tokens.add(token.strip().toLowerCase(Locale.ROOT));
      }
    }
    return tokens;
  }

  void write(OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder(firstLine).append("\r\n");
    fields.forEach(
        field -> text.append(field.name()).append(": ").append(field.value()).append("\r\n"));
    out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** The first line only: fields hold secrets. */
  @Override
  public String toString() {
    return "Head[" + firstLine + "]";
  }
}
