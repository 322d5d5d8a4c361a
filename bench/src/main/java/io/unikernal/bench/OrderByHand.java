package io.unikernal.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;

/**
 * The types of {@code workloads/types.udl.yaml}, checked by hand as one would without Unikernal.
 */
final class OrderByHand {
  private static final Set<String> ORDER =
      Set.of("orderId", "status", "customer", "created", "currency", "items", "note");
  private static final Set<String> CUSTOMER = Set.of("id", "name", "email", "vip");
  private static final Set<String> ITEM = Set.of("id", "sku", "qty", "price", "desc");
  private static final Set<String> CURRENCIES = Set.of("EUR", "USD", "GBP");
  private static final BigDecimal PRICE_MAX = new BigDecimal("9999999999.99");

  private OrderByHand() {}

  static boolean isValid(JsonObject order) {
    return order.fieldNames().equals(ORDER)
        && isText(order.getValue("orderId"), 1, 40)
        && isText(order.getValue("status"), 1, 16)
        && order.getValue("customer") instanceof JsonObject customer
        && isCustomer(customer)
        && isTimestamp(order.getValue("created"))
        && order.getValue("currency") instanceof String currency
        && CURRENCIES.contains(currency)
        && order.getValue("items") instanceof JsonArray items
        && areItems(items)
        && order.getValue("note") instanceof String;
  }

  private static boolean isCustomer(JsonObject customer) {
    return customer.fieldNames().equals(CUSTOMER)
        && isWhole(customer.getValue("id"), 1, Long.MAX_VALUE)
        && isText(customer.getValue("name"), 1, 80)
        && customer.getValue("email") instanceof String
        && customer.getValue("vip") instanceof Boolean;
  }

  private static boolean areItems(JsonArray items) {
    if (items.isEmpty() || items.size() > 100) {
      return false;
    }
    for (int i = 0; i < items.size(); i++) {
      if (!(items.getValue(i) instanceof JsonObject item && isItem(item))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isItem(JsonObject item) {
    return item.fieldNames().equals(ITEM)
        && isWhole(item.getValue("id"), 0, Long.MAX_VALUE)
        && isText(item.getValue("sku"), 1, 20)
        && isWhole(item.getValue("qty"), 0, 999)
        && isPrice(item.getValue("price"))
        && item.getValue("desc") instanceof String;
  }

  private static boolean isText(Object value, int min, int max) {
    return value instanceof String text && text.length() >= min && text.length() <= max;
  }

  private static boolean isWhole(Object value, long min, long max) {
    return (value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= min
        && ((Number) value).longValue() <= max;
  }

  private static boolean isPrice(Object value) {
    if (!(value instanceof Number number)) {
      return false;
    }
    var price = new BigDecimal(number.toString());
    return price.scale() <= 2 && price.abs().compareTo(PRICE_MAX) <= 0;
  }

  private static boolean isTimestamp(Object value) {
    if (!(value instanceof String text)) {
      return false;
    }
    try {
      return Instant.parse(text).isAfter(Instant.EPOCH);
    } catch (DateTimeParseException _) {
      return false;
    }
  }
}
