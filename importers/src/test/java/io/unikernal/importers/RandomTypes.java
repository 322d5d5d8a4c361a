package io.unikernal.importers;

import io.unikernal.model.Label;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;

/**
 * Declared types as a definition could hold them: made of a seed, so that a failure comes again.
 */
final class RandomTypes {
  private static final List<String> PATTERNS =
      List.of(
          "[A-Z]{3}-[0-9]{4}", "a|b", "(a|b)+", "x.y", "[^\\/]+", "\\d{1,3}", "(?i)abc", "\\/p");
  private static final List<String> SYMBOLS =
      List.of("new", "paid", "shipped", "a-b", "x.y", "two words", "ünï", "1st", "NULL");
  private static final List<String> FIELDS =
      List.of(
          "id",
          "name",
          "qty",
          "total",
          "note",
          "placed_at",
          "camelCase",
          "with-dash",
          "x y",
          "on",
          "null",
          "größe");

  private final Random random;
  private final SequencedMap<String, Type> types = new LinkedHashMap<>();
  private final List<Type> usable = new ArrayList<>();

  /** Which forms are made. */
  enum Profile {
    EVERY,
    /** Those that most formats hold. */
    PLAIN,
    /** Those that protobuf holds: an empty list is an absent one, a message may be absent. */
    PROTO
  }

  private final Profile profile;
  private final boolean isPlain;

  RandomTypes(long seed, Profile profile) {
    random = new Random(seed);
    this.profile = profile;
    isPlain = profile != Profile.EVERY;
  }

  SequencedMap<String, Type> types() {
    int records = 1 + random.nextInt(4);
    var open = new ArrayList<Type.Record>();
    for (int i = 0; i < records; i++) {
      var record = new Type.Record("Record" + i);
      open.add(record);
      types.put(record.name(), record);
      usable.add(record);
    }
    if (!isPlain && random.nextBoolean()) {
      union();
    }
    if (!isPlain && random.nextBoolean()) {
      alias();
    }
    for (Type.Record record : open) {
      record.define(fields(record.name()));
    }
    return types;
  }

  private void union() {
    var card =
        new Type.Record("Card", List.of(tag("card"), Type.Field.of("number", Type.Text.ANY_TEXT)));
    var cash = new Type.Record("Cash", List.of(tag("cash")));
    types.put("Card", card);
    types.put("Cash", cash);
    var union = new Type.Union("Payment", List.of(card, cash), "kind");
    types.put("Payment", union);
    usable.addAll(List.of(card, union));
  }

  private static Type.Field tag(String symbol) {
    return Type.Field.of("kind", new Type.Enum(List.of(symbol)));
  }

  private void alias() {
    Type alias =
        random.nextBoolean()
            ? new Type.Enum(List.of("red", "green"))
            : new Type.Text(Type.Range.ALL, Optional.of("[a-z]+"));
    types.put("Alias", alias);
    usable.add(alias);
  }

  private List<Type.Field> fields(String owner) {
    var fields = new LinkedHashMap<String, Type.Field>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      String name = isPlain ? "f" + i : FIELDS.get(random.nextInt(FIELDS.size()));
      if (profile == Profile.PROTO) {
        fields.put(name, proto(name));
        continue;
      }
      Type type = type(3, owner);
      boolean isMaybe = random.nextInt(4) == 0;
      Optional<Value> fallback = isMaybe ? Optional.empty() : fallback(type);
      fields.put(name, new Type.Field(name, isMaybe ? type.maybe() : type, fallback, ""));
    }
    return List.copyOf(fields.values());
  }

  private Type.Field proto(String name) {
    List<Type> scalars =
        List.of(
            Type.Simple.BOOL,
            Type.Int.ANY_INT,
            new Type.Int(Bounds.INT32),
            Type.UInt.ANY_UINT,
            new Type.UInt(Bounds.UINT32),
            Type.Real.ANY_DOUBLE,
            Type.Text.ANY_TEXT,
            Type.Bytes.ANY_BYTES,
            Type.Simple.TIMESTAMP,
            Type.Simple.DURATION);
    Type scalar = scalars.get(random.nextInt(scalars.size()));
    Type one = random.nextInt(3) == 0 ? usable.get(random.nextInt(usable.size())) : scalar;
    return switch (random.nextInt(5)) {
      case 0 -> new Type.Field(name, Type.ListOf.of(one), Optional.of(Value.Items.EMPTY), "");
      case 1 -> new Type.Field(name, new Type.MapOf(one), Optional.of(Value.Dict.EMPTY), "");
      case 2 -> Type.Field.of(name, one.maybe());
      default -> Type.Field.of(name, one instanceof Type.Record ? one.maybe() : one);
    };
  }

  private Optional<Value> fallback(Type type) {
    if (random.nextInt(4) != 0 || isPlain) {
      return Optional.empty();
    }
    return switch (type.core()) {
      case Type.Int(var range) -> range.min().map(min -> new Value.Int(min.longValue()));
      case Type.Simple simple when simple == Type.Simple.BOOL -> Optional.of(Value.Bool.TRUE);
      case Type.Enum(var symbols) -> Optional.of(Value.text(symbols.getLast()));
      case Type.Text(var length, var pattern) when length.isAll() && pattern.isEmpty() ->
          Optional.of(Value.text("it's = \"so\" "));
      case Type.ListOf(_, var size) when size.isAll() -> Optional.of(Value.Items.EMPTY);
      case Type.Decimal(var precision, var scale) when precision > scale ->
          Optional.of(new Value.Decimal(new BigDecimal("1").setScale(scale)));
      default -> Optional.empty();
    };
  }

  Type type(int depth, String owner) {
    int choice = random.nextInt(depth > 0 ? 24 : 17);
    return switch (choice) {
      case 0 -> Type.Simple.BOOL;
      case 1 -> Type.Int.ANY_INT;
      case 2 -> isPlain ? new Type.Int(Bounds.INT32) : new Type.Int(range());
      case 3 -> isPlain ? Type.Int.ANY_INT : Type.UInt.ANY_UINT;
      case 4 -> Type.Real.ANY_DOUBLE;
      case 5 -> new Type.Decimal(12, random.nextInt(4));
      case 6 -> isPlain ? Type.Simple.DATE : Type.Decimal.ANY_DECIMAL;
      case 7 -> Type.Text.ANY_TEXT;
      case 8 ->
          new Type.Text(
              new Type.Range(Optional.empty(), Optional.of(BigDecimal.valueOf(80))),
              Optional.empty());
      case 9 ->
          isPlain
              ? Type.Simple.UUID
              : new Type.Text(
                  Type.Range.ALL, Optional.of(PATTERNS.get(random.nextInt(PATTERNS.size()))));
      case 10 -> isPlain ? Type.Bytes.ANY_BYTES : new Type.Bytes(range());
      case 11 -> Type.Simple.TIMESTAMP;
      case 12 -> Type.Simple.DATE;
      case 13 -> isPlain ? Type.Simple.BOOL : Type.Simple.TIME;
      case 14 -> isPlain ? Type.Text.ANY_TEXT : Type.Simple.DURATION;
      case 15 -> isPlain ? Type.Simple.UUID : symbols();
      case 16 -> isPlain ? Type.Text.ANY_TEXT : Type.Simple.ANY;
      case 17, 18 -> new Type.ListOf(type(depth - 1, owner), isPlain ? Type.Range.ALL : range());
      case 19 -> new Type.MapOf(type(depth - 1, owner));
      case 20 -> isPlain ? Type.Int.ANY_INT : label(type(depth - 1, owner));
      case 21 -> new Type.ListOf(type(0, owner).maybe(), Type.Range.ALL);
      default -> usable.get(random.nextInt(usable.size()));
    };
  }

  private Type label(Type type) {
    return type instanceof Type.Labelled
        ? type
        : new Type.Labelled(random.nextBoolean() ? Label.PII : Label.SECRET, type);
  }

  private Type symbols() {
    int from = random.nextInt(SYMBOLS.size() - 2);
    return new Type.Enum(SYMBOLS.subList(from, from + 1 + random.nextInt(SYMBOLS.size() - from)));
  }

  private Type.Range range() {
    int min = 1 + random.nextInt(10);
    return switch (random.nextInt(3)) {
      case 0 -> Type.Range.ALL;
      case 1 -> Type.Range.of(min, min + random.nextInt(100));
      default -> new Type.Range(Optional.of(BigDecimal.valueOf(min)), Optional.empty());
    };
  }
}
