package io.unikernal.bench;

import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Shape;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The mapping and the condition as a person writes them in Java on our values. */
final class ValuesByHand {
  private static final int ID = 0;
  private static final int TOTAL = 1;
  private static final int CURRENCY = 2;
  private static final int COUNTRY = 3;
  private static final int CREATED = 4;
  private static final int PRIORITY = 5;
  private static final int PAID = 6;
  private static final int CUSTOMER = 7;
  private static final int ADDRESS = 8;
  private static final int ITEMS = 9;
  private static final int CHANNEL = 10;
  private static final double LARGE = 100.0;
  private static final Set<String> COUNTRIES = Set.of("DE", "FR");

  private static final List<String> MAPPED_FIELDS =
      List.of(
          "orderId",
          "total",
          "currency",
          "country",
          "date",
          "priority",
          "paid",
          "customerId",
          "customerName",
          "email",
          "phone",
          "vip",
          "street",
          "city",
          "zip",
          "shipTo",
          "itemCount",
          "amounts",
          "itemsTotal",
          "channel");
  private static final Shape MAPPED = shape();

  private final MappingDefinition definition;

  ValuesByHand(MappingDefinition definition) {
    this.definition = definition;
  }

  byte[] run(byte[] body) {
    return Json.write(map((Rec) definition.read(body)));
  }

  static boolean isWanted(Rec order) {
    return Double.longBitsToDouble(order.bits(TOTAL)) > LARGE
        && COUNTRIES.contains(text(order, COUNTRY));
  }

  private static Rec map(Rec order) {
    var customer = (Rec) order.get(CUSTOMER);
    var address = (Rec) order.get(ADDRESS);
    var amounts = new ArrayList<Value>();
    double total = 0;
    for (Value value : ((Value.Items) order.get(ITEMS)).items()) {
      var item = (Rec) value;
      long quantity = item.bits(1);
      if (quantity > 0) {
        double amount = Double.longBitsToDouble(item.bits(2)) * quantity;
        amounts.add(new Value.Real(amount));
        total += amount;
      }
    }
    var created = ((Value.Timestamp) order.get(CREATED)).value();
    String shipTo = text(address, 0) + ", " + text(address, 2) + " " + text(address, 1);
    return Rec.builder(MAPPED)
        .set(0, order.get(ID))
        .setBits(1, order.bits(TOTAL))
        .set(2, upper(text(order, CURRENCY)))
        .set(3, order.get(COUNTRY))
        .set(4, new Value.Text(OrderDates.of(created)))
        .setBits(5, order.bits(PRIORITY))
        .setBits(6, order.bits(PAID))
        .setBits(7, customer.bits(0))
        .set(8, upper(text(customer, 1)))
        .set(9, customer.get(2))
        .set(10, customer.get(3))
        .setBits(11, customer.bits(4))
        .set(12, address.get(0))
        .set(13, address.get(1))
        .set(14, address.get(2))
        .set(15, new Value.Text(shipTo))
        .setBits(16, amounts.size())
        .set(17, new Value.Items(amounts))
        .setBits(18, Double.doubleToRawLongBits(total))
        .set(19, upper(text(order, CHANNEL)))
        .build();
  }

  private static Value upper(String text) {
    return new Value.Text(text.toUpperCase(Locale.ROOT));
  }

  private static String text(Rec rec, int field) {
    return ((Value.Text) rec.get(field)).value();
  }

  private static Shape shape() {
    var fields = new LinkedHashMap<String, Type>();
    for (String name : MAPPED_FIELDS) {
      fields.put(
          name,
          switch (name) {
            case "total", "itemsTotal" -> Type.Real.ANY_DOUBLE;
            case "priority", "customerId", "itemCount" -> Type.Int.ANY_INT;
            case "paid", "vip" -> Type.Simple.BOOL;
            case "amounts" -> Type.ListOf.of(Type.Real.ANY_DOUBLE);
            default -> Type.Text.ANY_TEXT;
          });
    }
    return ((Type.Record) Type.record(fields)).shape();
  }
}
