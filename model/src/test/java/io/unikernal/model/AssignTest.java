package io.unikernal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssignTest {
  private static final Map<String, Type> TYPES = types();

  private static Map<String, Type> types() {
    var types = new LinkedHashMap<String, Type>();
    types.put("Card", TypeParserTest.tagged("Card", "card"));
    types.put("Transfer", TypeParserTest.tagged("Transfer", "transfer"));
    types.put("Voucher", TypeParserTest.tagged("Voucher", "voucher"));
    record(types, "Item", "sku string, qty int(1..999), price decimal(12,2)");
    record(types, "NewItem", "sku string, qty int(1..999)");
    record(types, "BigItem", "sku string, qty int, price decimal(20,4), note string?");
    record(types, "Order", "items list(Item), note string?");
    record(types, "NewOrder", "items list(NewItem), note string");
    record(types, "Loose", "kind enum(card, transfer), amount decimal(12,2)");
    record(types, "Prices", "a int, b int?");
    types.put(
        "Status",
        new Type.Record(
            "Status",
            List.of(
                new Type.Field(
                    "qty", new Type.Int(Type.Range.of(1, 9)), Optional.of(Value.integer(1)), ""))));
    record(types, "MaybeQty", "qty int(1..9)?");
    record(types, "Nothing", "other int?");
    for (String name : List.of("Tree", "Wood")) {
      var tree = new Type.Record(name);
      var union = new Type.Union("", List.of((Type.Record) types.get("Card"), tree), "");
      tree.define(
          List.of(
              Type.Field.of("kind", new Type.Enum(List.of("tree"))),
              Type.Field.of("children", Type.ListOf.of(tree)),
              Type.Field.of("either", Type.ListOf.of(union))));
      types.put(name, tree);
    }
    return types;
  }

  private static void record(Map<String, Type> types, String name, String fields) {
    var list = new java.util.ArrayList<Type.Field>();
    for (String field : fields.split(", (?=[a-z]+ )", -1)) {
      String[] parts = field.split(" ", 2);
      list.add(Type.Field.of(parts[0], parse(types, parts[1])));
    }
    types.put(name, new Type.Record(name, list));
  }

  private static Type parse(Map<String, Type> types, String text) {
    return switch (TypeParser.parse(text, TypeParserTest.names(types))) {
      case TypeParser.Result.Parsed(var type) -> type;
      case TypeParser.Result.Wrong wrong -> throw new AssertionError(text + ": " + wrong);
    };
  }

  private static String verdict(String from, String to) {
    return switch (Assign.check(parse(TYPES, from), parse(TYPES, to))) {
      case Assign.Verdict.Fits _ -> "fits";
      case Assign.Verdict.Checked(var reasons) -> "checked " + reasons;
      case Assign.Verdict.Refused(var reasons) -> "refused " + reasons;
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "int;int",
        "int;double",
        "int;decimal",
        "int;decimal(20,0)",
        "int(0..99);decimal(4,2)",
        "int(1..9);int(0..10)",
        "int(0..);uint",
        "uint(0..5);int",
        "decimal(12,2);decimal(14,3)",
        "string(1..9);string",
        "string(/a/);string(/a/)",
        "enum(a, b);string",
        "enum(a, b);string(1..1)",
        "enum(a);enum(a, b)",
        "int;int?",
        "int?;int?",
        "null;int?",
        "int;any",
        "int?;any",
        "any;any",
        "any;any?",
        "list(int, 1..2);list(double)",
        "map(string, int);map(string, double)",
        "pii(string);string",
        "string;secret(string)",
        "pii(string?);string?",
        "Item;NewItem",
        "Order;Order",
        "Card;Card | Transfer",
        "Card | Transfer;Card | Transfer | Voucher",
        "Loose;Card | Transfer",
        "Card | Transfer;Loose",
        "Prices;map(string, int)",
        "Prices;map(string, any)",
        "MaybeQty;Status",
        "Nothing;Status",
        "Tree;Wood",
        "Wood;Tree",
        "Tree;Card | Wood",
        "stream(int);stream(double)",
        "list(int);stream(int)",
        "bytes;blob",
        "uuid;uuid",
        "Item;Nothing"
      })
  void whatFitsNeedsNoCheck(String from, String to) {
    assertThat(verdict(from, to)).isEqualTo("fits");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "any;int;has no type",
        "any;Item;has no type",
        "any;int?;has no type",
        "string;string(1..80);may not have from 1 to 80 characters",
        "string(1..);string(1..80);may have more than 80 characters",
        "string;string(/a/);may not match /a/",
        "int;int(1..9);may not be from 1 to 9",
        "int;uint;may not be at least 0",
        "uint;int;may be greater than 9223372036854775807",
        "decimal(20,2);decimal(12,2);more than 10 digits before the point",
        "decimal;decimal(12,2);more than 2 decimal places",
        "int;decimal(12,2);more than 10 digits",
        "string;enum(a, b);may be none of a, b",
        "enum(a, b);enum(b, c);may be a",
        "enum(a, long);string(1..1);may be long",
        "list(int);list(int, 1..);at least 1 item",
        "list(any);list(int);path=[]",
        "map(string, int);Prices;its keys must be",
        "map(string, any);Item;path=qty",
        "double;double(0..1);may not be",
        "bytes;bytes(..10);may have more than 10 bytes",
        "map(string, any);Card | Transfer;is a map"
      })
  void whatDependsOnTheValueSaysOnWhat(String from, String to, String reason) {
    assertThat(verdict(from, to)).startsWith("checked").contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "int?;int;may be absent: use .orValue(...)",
        "decimal(20,4);decimal(12,2);has more than 2 decimal places: use round(...)",
        "BigItem;Item;path=price",
        "null;int;`null` is not `int`",
        "double;int;use int(...)",
        "decimal;int;use int(...)",
        "decimal;double;use double(...)",
        "double;decimal(12,2);use decimal(...)",
        "string;uuid;use uuid(...)",
        "string;timestamp;use timestamp(...)",
        "string;int;use int(...)",
        "int;string;use string(...)",
        "bool;int;`bool` is not `int`",
        "string;bytes;use bytes(...)",
        "enum(a);enum(b);has no symbol",
        "int(1..5);int(6..9);is from 1 to 5",
        "string(1..5);string(6..9);has from 1 to 5 characters",
        "NewItem;Item;field `price: decimal(12,2)` is missing",
        "NewOrder;Order;[path=items[], message=field `price: decimal(12,2)` is missing]",
        "Order;NewOrder;path=note, message=may be absent",
        "list(int);list(string);path=[]",
        "map(string, int);map(string, string);path=[*]",
        "list(int);int;`list(int)` is not `int`",
        "Item;Card | Transfer;field `kind: enum(card, transfer)` is missing",
        "Voucher;Card | Transfer;may be voucher",
        "Card | Transfer;Card;has no symbol",
        "map(string, string);Prices;path=a",
        "Item;map(string, string);path=qty",
        "stream(int);list(int);item by item",
        "Item;string;is not `string`"
      })
  void whatIsRefusedSaysWhereAndWhatToWrite(String from, String to, String reason) {
    assertThat(verdict(from, to)).startsWith("refused").contains(reason);
  }

  @Test
  void aMisspeltFieldIsSuggested() {
    var from = new Type.Record("From", List.of(Type.Field.of("quanity", Type.Int.ANY_INT)));
    var to = new Type.Record("To", List.of(Type.Field.of("quantity", Type.Int.ANY_INT)));
    assertThat(Assign.check(from, to).toString()).contains("did you mean `quanity`?");
  }
}
