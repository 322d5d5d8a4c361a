package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypeParserTest {
  private static final Type.Record CARD = tagged("Card", "card");
  private static final Type.Record TRANSFER = tagged("Transfer", "transfer");
  private static final Type.Record ITEM =
      new Type.Record("Item", List.of(Type.Field.of("qty", Type.Int.ANY_INT)));
  private static final TypeParser.Names NAMES =
      names(
          Map.of("Card", CARD, "Transfer", TRANSFER, "Item", ITEM, "Maybe", new Type.Maybe(ITEM)));

  static Type.Record tagged(String name, String symbol) {
    return new Type.Record(
        name,
        List.of(
            Type.Field.of("kind", new Type.Enum(List.of(symbol))),
            Type.Field.of("amount", new Type.Decimal(12, 2))));
  }

  static TypeParser.Names names(Map<String, ? extends Type> types) {
    var sorted = new LinkedHashMap<String, Type>(types);
    return new TypeParser.Names() {
      @Override
      public Optional<Type> find(String name) {
        return Optional.ofNullable(sorted.get(name));
      }

      @Override
      public List<String> all() {
        return sorted.keySet().stream().sorted().toList();
      }
    };
  }

  static Type parsed(String text) {
    return switch (TypeParser.parse(text, NAMES)) {
      case TypeParser.Result.Parsed(var type) -> type;
      case TypeParser.Result.Wrong wrong -> throw new AssertionError(text + ": " + wrong);
    };
  }

  private static TypeParser.Result.Wrong wrong(String text) {
    return switch (TypeParser.parse(text, NAMES)) {
      case TypeParser.Result.Parsed(var type) -> throw new AssertionError(text + " is " + type);
      case TypeParser.Result.Wrong wrong -> wrong;
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "any",
        "null",
        "bool",
        "timestamp",
        "date",
        "time",
        "duration",
        "uuid",
        "blob",
        "int",
        "int(1..999)",
        "int(0..)",
        "int(..-5)",
        "uint",
        "uint(1..10)",
        "double",
        "double(-0.5..0.5)",
        "decimal",
        "decimal(12,2)",
        "decimal(38,38)",
        "string",
        "string(1..64)",
        "string(/[A-Z]{3}-[0-9]{4}/)",
        "string(/a\\/b/)",
        "string(/(a|b),c/)",
        "bytes",
        "bytes(1..10)",
        "enum(a, b)",
        "enum(in-progress, v1.0)",
        "enum(\"in progress\", \"a, b\", \"a\\\"b\", plain)",
        "list(int)",
        "list(Item, 1..100)",
        "list(list(string(..9)), 2..)",
        "map(string, int?)",
        "secret(string)",
        "pii(string?)",
        "pii(string)?",
        "stream(Item)",
        "Item?",
        "Card | Transfer",
        "Card | Transfer?",
        "any?"
      })
  void aTypePrintsAsItWasWritten(String text) {
    assertThat(parsed(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "' int ';int", "int( 1 .. 9 );int(1..9)", "string(5);string(5..5)",
        "decimal( 12 , 2 );decimal(12,2)", "enum(a,b);enum(a, b)",
            "map( string,int );map(string, int)",
        "list(int,3);list(int, 3..3)", "Card|Transfer;Card | Transfer", "Maybe?;Item?",
        "int ?;int?"
      })
  void spacesDoNotMatterAndShortFormsAreWrittenOut(String text, String canonical) {
    assertThat(parsed(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "integer;0;7;there is no type;write `int` for integers",
        "number;0;6;there is no type;write `int` for integers",
        "str;0;3;there is no type;write `string`",
        "list(float);5;10;there is no type;write `double`",
        "boolean;0;7;there is no type;write `bool`",
        "datetime;0;8;there is no type;write `timestamp`",
        "array;0;5;there is no type;write `list(T)`",
        "object;0;6;there is no type;name a record",
        "Itme;0;4;there is no type;did you mean `Item`",
        "strin;0;5;there is no type;did you mean `string`",
        "Zebra;0;5;there is no type;declare it",
        "int[];3;5;ends before;write `list(T)`",
        "list<int>;0;4;needs a type in parentheses;write `list(T)`",
        "list(int[]);8;9;expected `)`;write `list(T)`",
        "int??;4;5;ends before;one `?`",
        "list;0;4;needs a type in parentheses;write `list(T)`",
        "map(int);4;7;needs the types of its keys;write `map(string, int)`",
        "map(int, string);4;7;the keys of a map;write `map(string, string)`",
        "map;0;3;needs a type in parentheses;write `map(string, T)`",
        "decimal(12);8;10;needs its digits;write `decimal(12,0)`",
        "decimal(0,0);8;9;from 1 to 38;",
        "decimal(39,0);8;10;from 1 to 38;",
        "decimal(5,6);10;11;more decimal places;",
        "int(9..1);4;8;the range is empty;write `1..9`",
        "int(..);4;6;at least one bound;1..100",
        "int(a..b);4;5;expected a whole number;1..100",
        "int(1..b);7;8;expected a whole number;1..100",
        "int(1.5..2);4;7;expected a whole number;1..100",
        "string(-1..2);7;9;out of range;1..100",
        "uint(-1..);5;7;out of range;1..100",
        "string(/[/);7;10;the pattern is wrong;RE2",
        "string(/(?=a)/);7;14;the pattern is wrong;RE2",
        "string(/abc);7;12;does not end;",
        "string(1..2;11;11;expected `)`;",
        "enum;0;4;needs its symbols;write `enum(new, paid)`",
        "enum();5;6;expected a symbol;",
        "enum(a, a);8;9;stands twice;",
        "enum('a');5;6;expected a symbol;without quotes",
        "list(stream(int));5;11;stands only as a whole;",
        "list(blob);5;9;stands only as a whole;",
        "Card | int;7;10;named records as its members;",
        "Card | null;7;11;no member;write `T?`",
        "Card? | Transfer;4;6;cannot be optional;A | B?",
        "Card | Item;0;11;tells the members;enum(card)",
        "'';0;0;a type is missing;",
        "{a: int};0;1;expected a type;declare the record",
        "int x;4;5;ends before;",
      })
  void wrongTextSaysWhereAndWhatToWrite(
      String text, int start, int end, String message, String hint) {
    var wrong = wrong("''".equals(text) ? "" : text);
    assertThat(wrong.message()).contains(message);
    assertThat(wrong.hint()).contains(hint == null ? "" : hint);
    assertThat(List.of(wrong.start(), wrong.end())).isEqualTo(List.of(start, end));
  }

  @Test
  void nestingIsBounded() {
    assertThat(wrong("list(".repeat(40) + "int" + ")".repeat(40)).message()).contains("32 levels");
    assertThat(wrong("list(".repeat(100_000)).message()).contains("32 levels");
    assertThat(parsed("list(".repeat(31) + "int" + ")".repeat(31))).isNotNull();
  }

  @Test
  void aUnionOfRecordsNotDefinedYetFindsItsTagLater() {
    var card = new Type.Record("Card");
    var names = names(Map.of("Card", card, "Transfer", TRANSFER));
    var result = TypeParser.parse("Card | Transfer", names);
    var union = (Type.Union) ((TypeParser.Result.Parsed) result).type();
    card.define(CARD.fields());
    assertThat(union.tag()).isEqualTo("kind");
    assertThat(union.member("card")).contains(card);
    assertThat(union.symbols()).containsExactly("card", "transfer");
  }

  @Test
  void noTextMakesTheParserThrow() {
    var random = new java.util.Random(7);
    String signs = "intlsmap(),.|?/\\0159 -_[]{}<>Card";
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int k = random.nextInt(12); k >= 0; k--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      switch (TypeParser.parse(text.toString(), NAMES)) {
        case TypeParser.Result.Parsed _ -> {}
        case TypeParser.Result.Wrong wrong ->
            assertThat(wrong.start()).isBetween(0, text.length()).isLessThanOrEqualTo(wrong.end());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"quanity,quantity", "qty,qty", "cusotmer,customer", "Note,note", "x,''", "zzz,''"})
  void theNearestNameIsSuggested(String written, String nearest) {
    var names = List.of("quantity", "qty", "customer", "note");
    assertThat(Suggest.closest(written, names).orElse("")).isEqualTo(nearest);
  }
}
