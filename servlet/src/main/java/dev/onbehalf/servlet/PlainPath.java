package dev.onbehalf.servlet;

/** A path of which a server makes no other one before it dispatches on it. */
final class PlainPath {
  private PlainPath() {}

  /** Whether a path means what it says, whoever reads it. */
  static boolean is(String path) {
    int segment = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        if (isOdd(path, segment, i) || (i > 0 && segment == i)) {
          return false;
        }
        segment = i + 1;
      } else if (c == '%') {
        if (!isPlainOctet(path, i + 1)) {
          return false;
        }
      } else if (c <= ' ' || c > '~' || c == ';' || c == '\\') {
        return false;
      }
    }
    return !isOdd(path, segment, path.length());
  }

  /** A dot segment. */
  private static boolean isOdd(String path, int start, int end) {
    return (end - start == 1 && path.charAt(start) == '.')
        || (end - start == 2 && path.startsWith("..", start));
  }

  /** An encoded octet that is neither a separator, nor a dot, nor the beginning of another one. */
  private static boolean isPlainOctet(String path, int start) {
    if (start + 2 > path.length()) {
      return false;
    }
    int high = Character.digit(path.charAt(start), 16);
    int low = Character.digit(path.charAt(start + 1), 16);
    int octet = high * 16 + low;
    return high >= 0 && low >= 0 && octet >= ' ' && octet != 0x7f && "./\\;%".indexOf(octet) < 0;
  }
}
