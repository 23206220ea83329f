package dev.onbehalf.spring.dashboard;

import java.util.HexFormat;

/**
 * Writes JSON (RFC 8259) without a line break in it, so that it is one field of a server-sent event
 * whatever a role is called. Not thread-safe.
 */
final class Json {
  private final StringBuilder text = new StringBuilder(4_096);
  private boolean first = true;

  Json open(char bracket) {
    comma();
    text.append(bracket);
    first = true;
    return this;
  }

  Json close(char bracket) {
    text.append(bracket);
    first = false;
    return this;
  }

  Json name(String name) {
    value(name);
    text.append(':');
    first = true;
    return this;
  }

  Json value(long number) {
    comma();
    text.append(number);
    return this;
  }

  /** To three places after the point. */
  Json value(double number) {
    comma();
    text.append(Math.round(number * 1_000) / 1_000.0);
    return this;
  }

  Json value(boolean truth) {
    return value(truth ? 1 : 0);
  }

  Json value(String string) {
    comma();
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || c == '\u007f' || Character.isSurrogate(c) || c == '\u2028') {
        text.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
    return this;
  }

  private void comma() {
    if (!first) {
      text.append(',');
    }
    first = false;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
