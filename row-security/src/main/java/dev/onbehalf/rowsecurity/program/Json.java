package dev.onbehalf.rowsecurity.program;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, texts, numbers and booleans as JSON (RFC 8259). */
final class Json {
  private Json() {}

  static String write(Object value) {
    StringBuilder json = new StringBuilder();
    write(value, "", json);
    return json.append('\n').toString();
  }

  private static void write(Object value, String indent, StringBuilder json) {
    if (value instanceof Map<?, ?> map) {
      write(map.entrySet().iterator(), '{', '}', indent, json);
    } else if (value instanceof List<?> list) {
      write(list.iterator(), '[', ']', indent, json);
    } else if (value instanceof Map.Entry<?, ?> entry) {
      quote(String.valueOf(entry.getKey()), json);
      json.append(": ");
      write(entry.getValue(), indent, json);
    } else if (value instanceof Number || value instanceof Boolean) {
      json.append(value);
    } else {
      quote(value.toString(), json);
    }
  }

  private static void write(
      Iterator<?> parts, char open, char close, String indent, StringBuilder json) {
    json.append(open);
    String deeper = indent + "  ";
    boolean isEmpty = !parts.hasNext();
    while (parts.hasNext()) {
      json.append('\n').append(deeper);
      write(parts.next(), deeper, json);
      json.append(parts.hasNext() ? "," : "");
    }
    json.append(isEmpty ? "" : "\n" + indent).append(close);
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c == '\n') {
        json.append("\\n");
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        json.append("\\u").append(Integer.toHexString(0x10000 | c).substring(1));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
