package dev.onbehalf.playground;

import java.util.List;

/** A request's body is not what the route takes. */
final class BadBodyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serializable
  private final List<FieldError> errors;

  /** What is wrong with one field. */
  record FieldError(String field, String message) implements java.io.Serializable {}

  BadBodyException(String message) {
    super(message);
    this.errors = List.of();
  }

  BadBodyException(List<FieldError> errors) {
    super(errors.size() == 1 ? "One field is wrong." : errors.size() + " fields are wrong.");
    this.errors = List.copyOf(errors);
  }

  List<FieldError> errors() {
    return errors;
  }
}
