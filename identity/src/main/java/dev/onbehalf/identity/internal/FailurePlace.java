package dev.onbehalf.identity.internal;

/** Where something failed whose own words are not to be logged, as they may repeat a secret. */
public final class FailurePlace {
  private FailurePlace() {}

  /** The first line of its stack. */
  public static String of(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return stack.length == 0 ? "no place" : stack[0].toString();
  }
}
