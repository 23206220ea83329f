package dev.onbehalf.identity;

import java.io.Serial;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * What an issuer said instead of what it was asked for, for logs and for programs that tell one
 * refusal from another.
 *
 * <pre>{@code
 * catch (IssuerUnavailableException e) {
 *   e.answer().ifPresent(said -> log.warn("{} {}", said.status(), said.errorCode()));
 * }
 * }</pre>
 *
 * <p>It is made fit to be printed: one line of 300 characters at most, without what could be a
 * token, a key or an address. Immutable.
 *
 * @param status the HTTP status
 * @param errorCode its own code, such as {@code invalid_grant}; empty without one
 * @param message its sentence; empty without one, or when it was a page of HTML
 */
public record IssuerAnswer(int status, String errorCode, String message) implements Serializable {
  @Serial private static final long serialVersionUID = 1L;

  private static final int MAX_LENGTH = 300;
  private static final Pattern ERROR_CODE = Pattern.compile("\\w{1,64}");

  /** Beginning of a page of HTML, or of XML. */
  private static final Pattern PAGE = Pattern.compile("\\s*<.*", Pattern.DOTALL);

  private static final Pattern NOT_PRINTED = Pattern.compile("[\\p{C}\\p{Z}]+");

  /**
   * An address, or a run of characters as long as the shortest of tokens: names that people choose
   * and words are shorter.
   */
  private static final Pattern HIDDEN =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://\\S+|[\\w.~+-]{32,}=*");

  public IssuerAnswer {
    errorCode = ERROR_CODE.matcher(errorCode).matches() ? errorCode : "";
    message = printable(message);
  }

  private static String printable(String message) {
    if (PAGE.matcher(message).matches()) {
      return "";
    }
    String line = NOT_PRINTED.matcher(message).replaceAll(" ").strip();
    String safe = HIDDEN.matcher(line).replaceAll("[hidden]");
    return safe.length() <= MAX_LENGTH ? safe : safe.substring(0, MAX_LENGTH - 3) + "...";
  }

  /** {@code 403 PERMISSION_DENIED}. */
  public String statusAndCode() {
    return errorCode.isEmpty() ? Integer.toString(status) : status + " " + errorCode;
  }

  /** {@code 403 PERMISSION_DENIED: what it says}. */
  @Override
  public String toString() {
    return message.isEmpty() ? statusAndCode() : statusAndCode() + ": " + message;
  }
}
