package dev.onbehalf.rowsecurity.explain;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes this package's records as JSON (RFC 8259), a member for each component, whose names are
 * thereby part of the interface.
 */
final class Json {
  private Json() {}

  static String of(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Boolean || value instanceof Number) {
      return value.toString();
    }
    if (value instanceof TableName) {
      return string(value.toString());
    }
    if (value instanceof Record members) {
      return object(components(members));
    }
    if (value instanceof Map<?, ?> map) {
      return object(map);
    }
    if (value instanceof Collection<?> all) {
      return all.stream().map(Json::of).collect(Collectors.joining(", ", "[", "]"));
    }
    return string(value.toString());
  }

  private static Map<String, @Nullable Object> components(Record value) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    try {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        members.put(component.getName(), component.getAccessor().invoke(value));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("A record's own accessor failed", e);
    }
    return members;
  }

  private static String object(Map<?, ?> members) {
    return members.entrySet().stream()
        .map(member -> string(String.valueOf(member.getKey())) + ": " + of(member.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String string(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (c < 0x20) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }
}
