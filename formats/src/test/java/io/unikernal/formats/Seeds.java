package io.unikernal.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Documents in every format, right ones: what is cut, mutated and fuzzed begins with them. */
final class Seeds {
  static final Type.Record LINE =
      new Type.Record(
          "Line",
          List.of(
              Type.Field.of("sku", Type.Text.ANY_TEXT),
              new Type.Field("qty", Type.Int.ANY_INT, Optional.of(Value.integer(1)), ""),
              Type.Field.of("price", new Type.Decimal(12, 2))));

  static final Type.Record ORDER =
      new Type.Record(
          "Order",
          List.of(
              Type.Field.of("id", Type.Simple.UUID),
              Type.Field.of("customer", Type.Text.ANY_TEXT),
              Type.Field.of("note", new Type.Maybe(Type.Text.ANY_TEXT)),
              Type.Field.of("at", Type.Simple.TIMESTAMP),
              Type.Field.of("paid", Type.Simple.BOOL),
              Type.Field.of("kind", new Type.Enum(List.of("normal", "no"))),
              Type.Field.of("lines", Type.ListOf.of(LINE)),
              Type.Field.of("tags", Type.ListOf.of(Type.Text.ANY_TEXT)),
              Type.Field.of("more", new Type.Maybe(new Type.MapOf(Type.Real.ANY_DOUBLE)))));

  static final Type ORDERS = Type.ListOf.of(ORDER);

  record Seed(String format, byte[] bytes, Type type) {}

  static final List<Seed> ALL = all();

  private Seeds() {}

  static Value order() {
    var line = new LinkedHashMap<String, Value>();
    line.put("sku", Value.text("A, \"1\"\n"));
    line.put("qty", Value.integer(3));
    line.put("price", Value.decimal("19.90"));
    var more = new LinkedHashMap<String, Value>();
    more.put("x", new Value.Real(1.5));
    var order = new LinkedHashMap<String, Value>();
    order.put("id", Value.text("6f1c2a34-0000-4000-8000-000000000001"));
    order.put("customer", Value.text("Ännchen & <Söhne>"));
    order.put("at", Value.text("2026-01-31T12:00:00Z"));
    order.put("paid", Value.Bool.TRUE);
    order.put("kind", Value.text("no"));
    order.put("lines", new Value.Items(List.of(new Value.Dict(line), new Value.Dict(line))));
    order.put("tags", new Value.Items(List.of(Value.text("a"), Value.text("😀 b"))));
    order.put("more", new Value.Dict(more));
    return new Value.Dict(order);
  }

  private static List<Seed> all() {
    var seeds = new ArrayList<Seed>();
    Value orders = new Value.Items(List.of(order(), order()));
    for (String format : List.of("json", "ndjson", "csv", "tsv", "xml", "yaml", "cbor")) {
      byte[] bytes = Codecs.of(format).write(orders, ORDERS);
      seeds.add(new Seed(format, bytes, ORDERS));
      seeds.add(new Seed(format, bytes, Type.Simple.ANY));
    }
    byte[] form = Codecs.of("form").write(order(), ORDER);
    seeds.add(new Seed("form", form, ORDER));
    seeds.add(new Seed("form", form, Type.Simple.ANY));
    seeds.add(new Seed("text", "Ännchen 😀".getBytes(UTF_8), Type.Text.ANY_TEXT));
    String xml =
        """
        <?xml version="1.0" encoding="UTF-8" standalone='yes'?>
        <!-- a comment --><?process this?>
        <n:orders xmlns:n="urn:n" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <order id="1"><![CDATA[<x>]]>&#x41;&lt;</order><order xsi:nil="true"/>
        </n:orders>
        """;
    seeds.add(new Seed("xml", xml.getBytes(UTF_8), Type.Simple.ANY));
    String yaml =
        """
        %YAML 1.2
        ---
        a: &x {b: [1, 0x1f, .5, ~, 'it''s', "\\u00e4\\n"], ? c : |
            text
        }
        d: *x
        e: >-
          folded
          text
        f: !!binary aGFsbG8=
        ...
        ---
        - second # comment
        """;
    seeds.add(
        new Seed(
            "yaml", yaml.replace(", ? c : |\n    text\n}", "}").getBytes(UTF_8), Type.Simple.ANY));
    return List.copyOf(seeds);
  }
}
