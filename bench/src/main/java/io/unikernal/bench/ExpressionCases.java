package io.unikernal.bench;

import io.unikernal.expr.Compiled;
import io.unikernal.expr.Expressions;
import io.unikernal.expr.Scope;
import io.unikernal.model.Expression;
import io.unikernal.model.Frame;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.UUID;

/** Expressions over an order with 20 items, and what somebody would write in Java instead. */
enum ExpressionCases {
  PREDICATE("input.total > decimal('100') && input.country in ['DE', 'FR']") {
    @Override
    Value byHand(Rec order) {
      return Value.Bool.of(
          decimal(order, TOTAL).compareTo(HUNDRED) > 0
              && (text(order, COUNTRY).equals("DE") || text(order, COUNTRY).equals("FR")));
    }
  },
  NUMBERS("input.weight > 10.0 && input.version % 2 == 1 && !input.vip") {
    @Override
    Value byHand(Rec order) {
      return Value.Bool.of(
          Double.longBitsToDouble(order.bits(WEIGHT)) > 10.0
              && order.bits(VERSION) % 2 == 1
              && order.bits(VIP) == 0);
    }
  },
  EXISTS("input.items.exists(i, i.qty > 2 && i.sku == 'SKU-19')") {
    @Override
    Value byHand(Rec order) {
      for (Value item : items(order)) {
        if (((Rec) item).bits(QTY) > 2 && text((Rec) item, SKU).equals("SKU-19")) {
          return Value.Bool.TRUE;
        }
      }
      return Value.Bool.FALSE;
    }
  },
  TOTAL_OF("sum(input.items.filter(i, i.qty > 2).map(i, i.price * i.qty))") {
    @Override
    Value byHand(Rec order) {
      return new Value.Decimal(total(order));
    }
  },
  MAPPING("") {
    @Override
    Expression expression() {
      SequencedMap<String, Expression> parts = new LinkedHashMap<>();
      FIELDS.forEach((name, text) -> parts.put(name, cel(text)));
      return Expressions.fit(Expressions.mapping(parts), BILL, "`bill`");
    }

    @Override
    Value byHand(Rec order) {
      var bill = Rec.builder(BILL.shape());
      bill.set(0, order.get(ID)).set(1, order.get(CUSTOMER)).set(2, order.get(COUNTRY));
      bill.set(
          3, Value.text(text(order, CUSTOMER).concat(" (").concat(text(order, COUNTRY) + ")")));
      bill.set(4, order.get(TOTAL)).set(5, new Value.Decimal(decimal(order, TOTAL).multiply(RATE)));
      bill.setBits(6, order.bits(VERSION)).setBits(7, Math.addExact(order.bits(VERSION), 1));
      bill.setBits(8, order.bits(WEIGHT));
      double grams = Double.longBitsToDouble(order.bits(WEIGHT)) * 1000.0;
      bill.setBits(9, Double.doubleToRawLongBits(grams));
      bill.setBits(10, order.bits(VIP)).set(11, order.get(CREATED));
      bill.setBits(12, items(order).size());
      bill.set(13, new Value.Decimal(total(order)));
      Value note = order.get(NOTE);
      bill.set(14, note == Value.Absent.ABSENT ? NONE : note);
      bill.set(15, order.bits(VIP) != 0 ? GOLD : PLAIN);
      bill.set(16, ((Rec) items(order).getFirst()).get(SKU));
      bill.setBits(17, decimal(order, TOTAL).compareTo(HUNDRED) > 0 ? 1 : 0);
      bill.set(18, Value.text("order-" + text(order, ID)));
      var large = new ArrayList<Value>();
      for (Value item : items(order)) {
        if (((Rec) item).bits(QTY) > 3) {
          large.add(((Rec) item).get(SKU));
        }
      }
      return bill.set(19, new Value.Items(large)).build();
    }
  };

  private static final int ID = 0;
  private static final int CUSTOMER = 1;
  private static final int COUNTRY = 2;
  private static final int TOTAL = 3;
  private static final int VERSION = 4;
  private static final int WEIGHT = 5;
  private static final int VIP = 6;
  private static final int CREATED = 7;
  private static final int NOTE = 8;
  private static final int ITEMS = 9;
  private static final int SKU = 0;
  private static final int QTY = 1;
  private static final int PRICE = 2;
  private static final int ITEM_COUNT = 20;
  static final long VERSION_OF_ORDER = 7;

  private static final BigDecimal HUNDRED = new BigDecimal("100");
  private static final BigDecimal RATE = new BigDecimal("1.19");
  private static final Value NONE = Value.text("");
  private static final Value GOLD = Value.text("gold");
  private static final Value PLAIN = Value.text("plain");

  private static final Type TEXT = Type.Text.ANY_TEXT;
  private static final Type MONEY = new Type.Decimal(12, 2);
  private static final Type.Record ITEM =
      new Type.Record(
          "Item",
          List.of(
              Type.Field.of("sku", TEXT),
              Type.Field.of("qty", Type.Int.ANY_INT),
              Type.Field.of("price", MONEY)));
  private static final Type.Record ORDER =
      new Type.Record(
          "Order",
          List.of(
              Type.Field.of("id", TEXT),
              Type.Field.of("customer", TEXT),
              Type.Field.of("country", TEXT),
              Type.Field.of("total", MONEY),
              Type.Field.of("version", Type.Int.ANY_INT),
              Type.Field.of("weight", Type.Real.ANY_DOUBLE),
              Type.Field.of("vip", Type.Simple.BOOL),
              Type.Field.of("created", Type.Simple.TIMESTAMP),
              Type.Field.of("note", new Type.Maybe(TEXT)),
              Type.Field.of("items", Type.ListOf.of(ITEM))));
  private static final Scope SCOPE =
      new Scope(List.of(new Scope.Variable("input", ORDER, Frame.INPUT)));
  private static final SequencedMap<String, String> FIELDS = fields();
  private static final Type.Record BILL = bill();

  private final String text;

  ExpressionCases(String text) {
    this.text = text;
  }

  abstract Value byHand(Rec order);

  Expression expression() {
    return cel(text);
  }

  static Expression cel(String text) {
    return switch (Expressions.cel(text, SCOPE)) {
      case Compiled.Good(var expression) -> expression;
      case Compiled.Bad(var problems) -> throw new IllegalStateException(problems.toString());
    };
  }

  private static SequencedMap<String, String> fields() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    all.put("id", "input.id");
    all.put("customer", "input.customer");
    all.put("country", "input.country");
    all.put("label", "input.customer + ' (' + input.country + ')'");
    all.put("net", "input.total");
    all.put("gross", "input.total * decimal('1.19')");
    all.put("version", "input.version");
    all.put("next", "input.version + 1");
    all.put("weight", "input.weight");
    all.put("grams", "input.weight * 1000.0");
    all.put("vip", "input.vip");
    all.put("created", "input.created");
    all.put("count", "size(input.items)");
    all.put("sum", "sum(input.items.filter(i, i.qty > 2).map(i, i.price * i.qty))");
    all.put("note", "input.?note.orValue('')");
    all.put("level", "input.vip ? 'gold' : 'plain'");
    all.put("first", "input.items[0].sku");
    all.put("large", "input.total > decimal('100')");
    all.put("reference", "'order-' + input.id");
    all.put("skus", "input.items.filter(i, i.qty > 3).map(i, i.sku)");
    return all;
  }

  /** Of the types that the parts have, so that nothing is left to check. */
  private static Type.Record bill() {
    var types = new ArrayList<Type.Field>();
    FIELDS.forEach((name, part) -> types.add(Type.Field.of(name, cel(part).type())));
    return new Type.Record("Bill", types);
  }

  private static String text(Rec rec, int field) {
    return ((Value.Text) rec.get(field)).value();
  }

  private static BigDecimal decimal(Rec rec, int field) {
    return ((Value.Decimal) rec.get(field)).value();
  }

  private static List<Value> items(Rec order) {
    return ((Value.Items) order.get(ITEMS)).items();
  }

  private static BigDecimal total(Rec order) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Value item : items(order)) {
      var rec = (Rec) item;
      if (rec.bits(QTY) > 2) {
        sum = sum.add(decimal(rec, PRICE).multiply(BigDecimal.valueOf(rec.bits(QTY))));
      }
    }
    return sum;
  }

  static Rec order() {
    var items = new ArrayList<Value>();
    for (int i = 0; i < ITEM_COUNT; i++) {
      items.add(
          Rec.builder(ITEM.shape())
              .set(SKU, Value.text("SKU-" + i))
              .setBits(QTY, 1 + i % 5)
              .set(PRICE, Value.decimal("10." + (10 + i)))
              .build());
    }
    return Rec.builder(ORDER.shape())
        .set(ID, Value.text("o-4711"))
        .set(CUSTOMER, Value.text("Ada Lovelace"))
        .set(COUNTRY, Value.text("FR"))
        .set(TOTAL, Value.decimal("423.50"))
        .setBits(VERSION, VERSION_OF_ORDER)
        .set(WEIGHT, new Value.Real(12.5))
        .setBits(VIP, 0)
        .set(CREATED, new Value.Timestamp(Instant.parse("2026-01-31T12:00:00Z")))
        .set(ITEMS, new Value.Items(items))
        .build();
  }

  static Frame frame(Rec order) {
    var frame =
        new Frame(
            Frame.FIRST_STEP,
            new Frame.Ambient() {
              @Override
              public Instant now() {
                return Instant.EPOCH;
              }

              @Override
              public UUID uuid() {
                return new UUID(0, 0);
              }

              @Override
              public double random() {
                return 0;
              }
            });
    frame.set(Frame.INPUT, order);
    return frame;
  }
}
