package dev.onbehalf.lakebaselocal.internal.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names and values of a startup message: each ends with a NUL, and one more NUL ends them all.
 * Where PostgreSQL is lenient (of a name that comes twice, the last one counts) this is strict,
 * because the two must never read a different role out of the same packet.
 */
final class StartupParameters {
  private final Map<String, ByteBuffer> values;

  private StartupParameters(Map<String, ByteBuffer> values) {
    this.values = values;
  }

  static StartupParameters parse(ByteBuffer packet) throws LoginRefusedException {
    Map<String, ByteBuffer> values = new HashMap<>();
    for (String name = text(next(packet)); !name.isEmpty(); name = text(next(packet))) {
      if (values.put(name, next(packet)) != null) {
        throw malformed("parameter \"" + name + "\" appears twice");
      }
    }
    if (packet.hasRemaining()) {
      throw malformed("expected terminator as last byte");
    }
    return new StartupParameters(values);
  }

  @Nullable String find(String name) throws LoginRefusedException {
    ByteBuffer value = values.get(name);
    return value == null ? null : text(value);
  }

  private static ByteBuffer next(ByteBuffer packet) throws LoginRefusedException {
    int start = packet.position();
    while (packet.hasRemaining()) {
      if (packet.get() == 0) {
        return packet.slice(start, packet.position() - 1 - start);
      }
    }
    throw malformed("expected terminator as last byte");
  }

  private static String text(ByteBuffer bytes) throws LoginRefusedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a name is not UTF-8");
    }
  }

  private static LoginRefusedException malformed(String why) {
    return new LoginRefusedException("08P01", "invalid startup packet layout: " + why);
  }
}
