package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a request's JSON object, each read with the type that it must have. */
final class JsonObject {
  private final Map<String, Object> fields;

  JsonObject(Map<String, Object> fields) {
    this.fields = fields;
  }

  boolean has(String name) {
    return fields.get(name) != null;
  }

  String string(String name) throws WorkspaceException {
    String value = optionalString(name);
    if (value == null || value.isEmpty()) {
      throw WorkspaceException.invalid("The field \"" + name + "\" is missing.");
    }
    return value;
  }

  @Nullable String optionalString(String name) throws WorkspaceException {
    Object value = fields.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw WorkspaceException.invalid("The field \"" + name + "\" must be a string.");
  }

  /** A whole number between two bounds, or the default if the field is missing. */
  long integer(String name, long min, long max, long byDefault) throws WorkspaceException {
    Object value = fields.get(name);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw WorkspaceException.invalid(
        "The field \"%s\" must be a whole number from %s to %s.".formatted(name, min, max));
  }

  /** True or false, or the default if the field is missing. */
  boolean bool(String name, boolean byDefault) throws WorkspaceException {
    Object value = fields.get(name);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw WorkspaceException.invalid("The field \"" + name + "\" must be true or false.");
  }

  /** An array of strings, or the default if the field is missing. */
  List<String> strings(String name, List<String> byDefault) throws WorkspaceException {
    Object value = fields.get(name);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof List<?> items && items.stream().allMatch(String.class::isInstance)) {
      return items.stream().map(String.class::cast).toList();
    }
    throw WorkspaceException.invalid("The field \"" + name + "\" must be an array of strings.");
  }

  JsonObject object(String name) throws WorkspaceException {
    if (fields.get(name) instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // the names of a JSON object's fields are strings
      Map<String, Object> object = (Map<String, Object>) map;
      return new JsonObject(object);
    }
    throw WorkspaceException.invalid("The field \"" + name + "\" must be an object.");
  }
}
