package io.unikernal.bench;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The mapping without anything of ours: Jackson 3's streaming reader into fields, and its streaming
 * writer. The quickest that one writes by hand on a library; no field is looked at that is not
 * needed, and fields that are missing are not noticed, as ours notices them.
 */
final class ByHandOnJackson {
  private final JsonFactory factory = new JsonFactory();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** What is kept of an order. */
  private static final class Order {
    private String id = "";
    private double total;
    private String currency = "";
    private String country = "";
    private String created = "";
    private long priority;
    private boolean paid;
    private long customerId;
    private String customerName = "";
    private String email = "";
    private String phone = "";
    private boolean vip;
    private String street = "";
    private String city = "";
    private String zip = "";
    private final List<Double> amounts = new ArrayList<>();
    private double itemsTotal;
    private String channel = "";
  }

  byte[] run(byte[] body) {
    var order = new Order();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), body)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        order(order, name, parser);
      }
    }
    out.reset();
    try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), out)) {
      write(order, generator);
    }
    return out.toByteArray();
  }

  private static void order(Order order, String name, JsonParser parser) {
    switch (name) {
      case "id" -> order.id = parser.getString();
      case "total" -> order.total = parser.getDoubleValue();
      case "currency" -> order.currency = parser.getString();
      case "country" -> order.country = parser.getString();
      case "created" -> order.created = parser.getString();
      case "priority" -> order.priority = parser.getLongValue();
      case "paid" -> order.paid = parser.getBooleanValue();
      case "channel" -> order.channel = parser.getString();
      case "customer" -> {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String field = parser.currentName();
          parser.nextToken();
          customer(order, field, parser);
        }
      }
      case "address" -> {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String field = parser.currentName();
          parser.nextToken();
          address(order, field, parser);
        }
      }
      case "items" -> {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          item(order, parser);
        }
      }
      default -> parser.skipChildren();
    }
  }

  private static void customer(Order order, String field, JsonParser parser) {
    switch (field) {
      case "id" -> order.customerId = parser.getLongValue();
      case "name" -> order.customerName = parser.getString();
      case "email" -> order.email = parser.getString();
      case "phone" -> order.phone = parser.getString();
      case "vip" -> order.vip = parser.getBooleanValue();
      default -> parser.skipChildren();
    }
  }

  private static void address(Order order, String field, JsonParser parser) {
    switch (field) {
      case "street" -> order.street = parser.getString();
      case "city" -> order.city = parser.getString();
      case "zip" -> order.zip = parser.getString();
      default -> parser.skipChildren();
    }
  }

  private static void item(Order order, JsonParser parser) {
    long quantity = 0;
    double price = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "qty" -> quantity = parser.getLongValue();
        case "price" -> price = parser.getDoubleValue();
        default -> parser.skipChildren();
      }
    }
    if (quantity > 0) {
      order.amounts.add(price * quantity);
      order.itemsTotal += price * quantity;
    }
  }

  private static void write(Order order, JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("orderId", order.id);
    out.writeNumberProperty("total", order.total);
    out.writeStringProperty("currency", upper(order.currency));
    out.writeStringProperty("country", order.country);
    out.writeStringProperty("date", OrderDates.of(order.created));
    out.writeNumberProperty("priority", order.priority);
    out.writeBooleanProperty("paid", order.paid);
    out.writeNumberProperty("customerId", order.customerId);
    out.writeStringProperty("customerName", upper(order.customerName));
    out.writeStringProperty("email", order.email);
    out.writeStringProperty("phone", order.phone);
    out.writeBooleanProperty("vip", order.vip);
    out.writeStringProperty("street", order.street);
    out.writeStringProperty("city", order.city);
    out.writeStringProperty("zip", order.zip);
    out.writeStringProperty("shipTo", order.street + ", " + order.zip + " " + order.city);
    out.writeNumberProperty("itemCount", order.amounts.size());
    out.writeArrayPropertyStart("amounts");
    for (double amount : order.amounts) {
      out.writeNumber(amount);
    }
    out.writeEndArray();
    out.writeNumberProperty("itemsTotal", order.itemsTotal);
    out.writeStringProperty("channel", upper(order.channel));
    out.writeEndObject();
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }
}
