package io.unikernal.importers;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

/** JSON documents near a type: most fit it, some break one rule. */
final class RandomValues {
  private final Random random;
  private final int wrongOneIn;

  RandomValues(long seed, int wrongOneIn) {
    random = new Random(seed);
    this.wrongOneIn = wrongOneIn;
  }

  Value of(Type type, int depth) {
    if (random.nextInt(wrongOneIn) == 0) {
      return wrong();
    }
    return switch (type) {
      case Type.Labelled(_, var of) -> of(of, depth);
      case Type.Maybe(var of) ->
          depth <= 0 || random.nextInt(3) == 0 ? Value.Null.NULL : of(of, depth);
      case Type.ListOf(var element, var size) -> list(element, size, depth);
      case Type.StreamOf(var element) -> list(element, Type.Range.ALL, depth);
      case Type.MapOf(var value) -> {
        var fields = new LinkedHashMap<String, Value>();
        for (int i = 0; i < (depth <= 0 ? 0 : random.nextInt(3)); i++) {
          fields.put("k" + i, of(value, depth - 1));
        }
        yield new Value.Dict(fields);
      }
      case Type.Union union ->
          of(union.members().get(random.nextInt(union.members().size())), depth);
      case Type.Record record -> record(record, depth);
      case Type.Enum(var symbols) -> Value.text(symbols.get(random.nextInt(symbols.size())));
      case Type.Simple simple -> simple(simple);
      case Type.Int(var range) -> new Value.Int(near(range));
      case Type.UInt(var range) -> new Value.Int(Math.max(0, near(range)));
      case Type.Real(var range) -> new Value.Real(near(range) + 0.5);
      case Type.Decimal(_, var scale) ->
          new Value.Decimal(
              BigDecimal.valueOf(
                  random.nextInt(100_000), scale + (random.nextInt(8) == 0 ? 1 : 0)));
      case Type.Text text -> text(text);
      case Type.Bytes _ ->
          Value.text(List.of("", "AAAA", "AAECAwQFBgcICQ==", "!!").get(random.nextInt(4)));
    };
  }

  private Value wrong() {
    return switch (random.nextInt(6)) {
      case 0 -> Value.Bool.TRUE;
      case 1 -> Value.text("x");
      case 2 -> new Value.Int(-7);
      case 3 -> Value.Null.NULL;
      case 4 -> Value.Items.EMPTY;
      default -> Value.Dict.EMPTY;
    };
  }

  private long near(Type.Range range) {
    long min = range.min().map(BigDecimal::longValue).orElse(-1000L);
    long max = range.max().map(BigDecimal::longValue).orElse(min + 1000L);
    return min - 1 + random.nextLong(max - min + 3);
  }

  private Value list(Type element, Type.Range size, int depth) {
    long count = depth <= 0 ? 0 : Math.max(0, Math.min(12, near(size)));
    var items = new ArrayList<Value>();
    for (int i = 0; i < count; i++) {
      items.add(of(element, depth - 1));
    }
    return new Value.Items(items);
  }

  private Value record(Type.Record record, int depth) {
    var fields = new LinkedHashMap<String, Value>();
    for (Type.Field field : record.fields()) {
      boolean isLeftOut = !field.isRequired() && (depth <= 0 || random.nextInt(3) == 0);
      if (!isLeftOut && random.nextInt(wrongOneIn * 2) != 0) {
        fields.put(field.name(), depth < -3 ? Value.Null.NULL : of(field.type(), depth - 1));
      }
    }
    if (random.nextInt(wrongOneIn * 2) == 0) {
      fields.put("unknown", Value.Bool.TRUE);
    }
    return new Value.Dict(fields);
  }

  private Value simple(Type.Simple simple) {
    return switch (simple) {
      case ANY -> wrong();
      case NULL -> Value.Null.NULL;
      case BOOL -> Value.Bool.of(random.nextBoolean());
      case TIMESTAMP -> Value.text("2026-01-31T12:00:00Z");
      case DATE -> Value.text(random.nextInt(8) == 0 ? "2026-02-30" : "2026-01-31");
      case TIME -> Value.text("12:00:00.5");
      case DURATION -> Value.text("1h30m");
      case UUID -> Value.text("3b241101-e2bb-4255-8caf-4136c566a962");
      case BLOB -> Value.text("AAAA");
    };
  }

  private Value text(Type.Text text) {
    if (text.pattern().isPresent()) {
      return Value.text(
          List.of("a", "b", "ABC-1234", "xzy", "x\ny", "12", "/p", "abab", "ABC")
              .get(random.nextInt(9)));
    }
    return Value.text("é".repeat((int) Math.max(0, Math.min(100, near(text.length())))));
  }
}
