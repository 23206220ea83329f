package dev.onbehalf.playground;

import dev.onbehalf.playground.BadBodyException.FieldError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a person may say of a new product; everything else about it is the database's to say. */
record NewProduct(String name, @Nullable String category, BigDecimal price, int stock) {
  private static final Set<String> FIELDS = Set.of("name", "category", "price", "stock");
  private static final BigDecimal MAX_PRICE = new BigDecimal("99999999.99");

  /**
   * Reads a product from JSON.
   *
   * @throws BadBodyException naming each field that is wrong
   */
  static NewProduct from(JsonNode body) {
    if (!body.isObject()) {
      throw new BadBodyException(
          "The body must be a JSON object with name, category, price and stock.");
    }
    List<FieldError> errors = new ArrayList<>();
    for (String field : body.propertyNames()) {
      if (!FIELDS.contains(field)) {
        errors.add(new FieldError(field, "is not a field; known are name, category, price, stock"));
      }
    }
    String name = text(body.path("name"), "name", 1, 255, errors);
    JsonNode categoryNode = body.path("category");
    boolean hasCategory = !categoryNode.isMissingNode() && !categoryNode.isNull();
    String category = hasCategory ? text(categoryNode, "category", 0, 100, errors) : null;
    BigDecimal price = price(body.path("price"), errors);
    int stock = stock(body.path("stock"), errors);
    if (!errors.isEmpty()) {
      throw new BadBodyException(errors);
    }
    return new NewProduct(name, category, price, stock);
  }

  private static String text(
      JsonNode node, String field, int least, int most, List<FieldError> errors) {
    String range = least + " to " + most + " characters";
    if (!node.isString()) {
      errors.add(new FieldError(field, "must be a text of " + range));
      return "";
    }
    String text = node.stringValue();
    int length = text.codePointCount(0, text.length());
    if (length < least || length > most) {
      errors.add(new FieldError(field, "must have " + range + ", and has " + length));
    } else if (least > 0 && text.isBlank()) {
      errors.add(new FieldError(field, "must not be blank"));
    } else if (text.indexOf('\0') >= 0) {
      errors.add(new FieldError(field, "must not have a NUL character"));
    } else if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      errors.add(new FieldError(field, "must be valid Unicode, without half a surrogate pair"));
    }
    return text;
  }

  private static BigDecimal price(JsonNode node, List<FieldError> errors) {
    if (node.isNumber()) {
      BigDecimal price = node.decimalValue();
      boolean inRange = price.signum() >= 0 && price.compareTo(MAX_PRICE) <= 0;
      if (inRange && (price.signum() == 0 || price.stripTrailingZeros().scale() <= 2)) {
        return price;
      }
    }
    errors.add(
        new FieldError(
            "price", "must be a number from 0 to 99,999,999.99 with two decimals at most"));
    return BigDecimal.ZERO;
  }

  private static int stock(JsonNode node, List<FieldError> errors) {
    if (node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0) {
      return node.intValue();
    }
    errors.add(new FieldError("stock", "must be a whole number from 0 to 2,147,483,647"));
    return 0;
  }
}
