package io.unikernal.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.importers.Importers.Result;
import io.unikernal.udl.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each format becomes, in the words of the definition, and what is told as lost. */
class ImportTest {
  @TempDir private Path folder;

  private static final Importers.Options ANY =
      new Importers.Options(Optional.empty(), Optional.empty(), Set.of(), false);

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Result.Written imported(String name, String text) throws Exception {
    return imported(write(name, text), ANY);
  }

  private Result.Written imported(Path file, Importers.Options options) throws Exception {
    Result result = Importers.read(List.of(file), options);
    assertThat(result).isInstanceOf(Result.Written.class);
    var written = (Result.Written) result;
    Adapters.compiled(written.text(), folder);
    return written;
  }

  private static List<String> losses(Result.Written written) {
    return written.losses().stream().map(Loss::path).distinct().toList();
  }

  /** The definition that comes of it is compiled: a name that it refuses fails here. */
  @Test
  void aNameThatExpressionsUseThemselvesGetsAnother() throws Exception {
    String paths =
        Names.reserved().stream()
            .sorted()
            .map(word ->
                "\"/%s\": {\"get\": {\"operationId\": \"%s\", \"responses\": {\"204\": {\"description\": \"\"}}}}"
                    .formatted(word, word))
            .collect(Collectors.joining(",\n"));
    var written =
        imported(
            "words.json",
            "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"param\", \"version\": \"1\"}, \"paths\": {"
                + paths
                + "}}");
    assertThat(written.imported().operations()).isEqualTo(Names.reserved().size());
    for (String word : Names.reserved()) {
      assertThat(written.text()).contains("my_" + word + ":").doesNotContain(" " + word + ": {");
    }
  }

  @Test
  void jsonSchemaWithReferencesAndUnions() throws Exception {
    var written =
        imported(
            "pet.schema.json",
            """
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Owner", "type": "object",
             "properties": {
               "name": {"type": "string", "minLength": 1, "description": "What people say."},
               "pets": {"type": "array", "items": {"$ref": "#/$defs/pet"}},
               "boss": {"$ref": "#"},
               "age": {"type": ["integer", "null"], "minimum": 0, "exclusiveMaximum": 150}},
             "required": ["name"],
             "$defs": {
               "pet": {"oneOf": [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}]},
               "cat": {"properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}, "required": ["kind"]},
               "dog": {"allOf": [{"$ref": "#/$defs/animal"}],
                       "properties": {"kind": {"enum": ["dog"]}}, "required": ["kind"]},
               "animal": {"properties": {"legs": {"type": "integer", "default": 4}}}}}
            """);
    assertThat(written.text())
        .contains(
            "  Owner:\n    # What people say.\n    name: string(1..)\n",
            "    pets: list(Pet)?\n",
            "    boss: Owner?\n",
            "    age: int(0..149)?\n",
            "  Pet: \"Cat | Dog\"\n",
            "  Dog:\n    legs: \"int = 4\"\n    kind: enum(dog)\n");
  }

  @Test
  void aDiscriminatorOfOpenApiGivesItsMembersTheirTag() throws Exception {
    var written =
        imported(
            "pay.yaml",
            """
            openapi: 3.0.3
            info: { title: Pay Me, version: "1", description: Takes money. }
            servers: [{ url: "https://pay.example.org/v1/" }]
            paths:
              /payments/{payment-id}:
                parameters: [{ name: payment-id, in: path, required: true, schema: { type: string, format: uuid } }]
                get:
                  operationId: getPayment
                  summary: One payment.
                  responses: { "200": { description: it, content: { application/json: { schema: { $ref: \
                  "#/components/schemas/payment" } } } } }
              /payments:
                post:
                  operationId: getPayment
                  requestBody: { required: true, content: { application/json: { schema: { $ref: \
                  "#/components/schemas/payment" } } } }
                  parameters:
                    - { name: dry, in: query, schema: { type: boolean, default: false } }
                    - { name: X-Tenant, in: header, required: true, schema: { type: string } }
                    - { name: session, in: cookie, schema: { type: string } }
                  responses: { "201": { description: it, content: { application/json: { schema: { type: object, \
                  properties: { id: { type: string } } } } } } }
              /files:
                put:
                  requestBody: { content: { text/csv: { schema: { type: string } } } }
                  responses: { "204": { description: done } }
            components:
              schemas:
                payment:
                  oneOf: [{ $ref: "#/components/schemas/card" }, { $ref: "#/components/schemas/cash" }]
                  discriminator: { propertyName: type, mapping: { plastic: "#/components/schemas/card" } }
                card: { type: object, required: [type], properties: { type: { type: string }, limit: { type: \
                number, nullable: true } } }
                cash: { type: object, required: [type], properties: { type: { type: string } } }
              securitySchemes: { key: { type: apiKey, in: header, name: x-key } }
            """);
    assertThat(written.text())
        .contains(
            "  Payment: \"Card | Cash\"\n",
            "    type: enum(plastic)\n    limit: double?\n",
            "    type: enum(cash)\n",
            "  pay_me:\n    type: http\n    url: https://pay.example.org/v1\n",
            "      get_payment:\n        get: \"/payments/{payment_id}\"\n        path:\n          payment_id:"
                + " uuid\n        returns: Payment\n",
            "      get_payment2:\n        post: /payments\n        body: Payment\n        query:\n          dry:"
                + " bool?\n        headers:\n          x_tenant: string\n        returns: GetPayment2_Answer\n   "
                + "     status: 201\n",
            "      put_files:\n        put: /files\n");
    assertThat(written.imported().operations()).isEqualTo(3);
    assertThat(losses(written)).contains("pay_me", "get_payment2", "put_files", "Card.limit");
  }

  @Test
  void protobufWithNestedTypesAndServices() throws Exception {
    var written =
        imported(
            "shop.proto",
            """
            syntax = "proto3";
            package shop.v1;
            import "google/protobuf/timestamp.proto";
            // An order.
            message Order {
              enum Status { UNKNOWN = 0; PAID = 1; }
              message Line { int32 qty = 1; }
              string id = 1;
              optional string note = 2;
              repeated Line lines = 3;
              map<string, double> prices = 4;
              Status status = 5;
              google.protobuf.Timestamp placed = 6;
              Order parent = 7;
              oneof how { string card = 8; string cash = 9; }
            }
            service Orders { rpc Get(Order) returns (stream Order); }
            """);
    assertThat(written.text())
        .contains(
            "# Left out: service Orders (Get(Order) returns (stream Order)): gRPC is not available yet.\n",
            "  # An order.\n",
            "    note: string?\n    lines: \"list(Order_Line) = []\"\n    prices: \"map(string, double) = {}\"\n",
            "    status: Order_Status\n    placed: timestamp\n    parent: Order?\n    card: string?\n",
            "  Order_Status: \"enum(UNKNOWN, PAID)\"\n",
            "    qty: \"int(-2147483648..2147483647)\"\n");
    assertThat(written.losses()).extracting(Loss::kind).contains(Loss.Kind.RPC, Loss.Kind.CHOICE);
  }

  @Test
  void avroWithLogicalTypesAndDefaults() throws Exception {
    var written =
        imported(
            "order.avsc",
            """
            {"type": "record", "name": "Order", "namespace": "a.b", "doc": "An order.", "fields": [
              {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
              {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
              {"name": "note", "type": ["null", "string"], "default": null},
              {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}, "default": \
              "NEW"},
              {"name": "parent", "type": ["null", "Order"]},
              {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []},
              {"name": "odd", "type": ["int", "string"]}]}
            """);
    assertThat(written.text())
        .contains(
            "  # An order.\n",
            "    id: uuid\n    total: \"decimal(12,2)\"\n    note: string?\n    status: \"Status ="
                + " \\\"NEW\\\"\"\n    parent: Order?\n    tags: \"list(string) = []\"\n    odd: any\n",
            "  Status: \"enum(NEW, PAID)\"\n");
    assertThat(losses(written)).containsExactly("Order.odd");
  }

  @Test
  void sqlTablesWithTheirOperations() throws Exception {
    var written =
        imported(
            "schema.sql",
            """
            -- a shop; with ";" in a comment
            create type order_status as enum ('new', 'paid');
            CREATE TABLE IF NOT EXISTS shop.orders (
              id uuid PRIMARY KEY,
              customer varchar(80) NOT NULL,
              total numeric(12,2) NOT NULL CHECK (total >= 0),
              status order_status NOT NULL DEFAULT 'new',
              placed_at timestamptz NOT NULL DEFAULT now(),
              note text, tags text[]
            );
            create table lines (
              order_id uuid not null references shop.orders (id), line int not null,
              qty bigint not null check (qty between 1 and 999), kind text not null check (kind in ('a', 'b')),
              constraint pk primary key (order_id, line)
            );
            insert into lines values ('x;y');
            """);
    assertThat(written.text())
        .contains(
            "    customer: string(..80)\n    total: \"decimal(12,2)\"\n    status: \"OrderStatus = \\\"new\\\"\"\n",
            "    placed_at: timestamp\n    note: string?\n    tags: list(string)?\n",
            "    qty: int(1..999)\n    kind: \"enum(a, b)\"\n",
            "    type: postgres\n",
            "      orders_by_id:\n        sql: \"select id, customer, total, status, placed_at, note, tags from"
                + " shop.orders where id = :id\"\n        returns: Orders?\n",
            "      orders_insert:\n        effect: \"keyed(id)\"\n",
            "      lines_by_order_id_and_line:\n");
    assertThat(losses(written)).contains("Orders.total", "Orders.placed_at");
  }

  @Test
  void aTableThatCannotBeReadIsALossAndTheOthersAreImported() throws Exception {
    var written =
        imported(
            "schema.sql",
            """
            create table orders (id uuid primary key, total numeric(12,2) not null);
            create table if not exists odd_ones (id int, name varchar(
            );
            create table items (sku text primary key);
            """);
    assertThat(written.text()).contains("  Orders:", "  Items:").doesNotContain("OddOnes:");
    assertThat(written.losses())
        .filteredOn(loss -> loss.kind() == Loss.Kind.TABLE)
        .singleElement()
        .satisfies(loss -> {
          assertThat(loss.path()).isEqualTo("OddOnes");
          assertThat(loss.detail()).startsWith("line 3: this `create table` cannot be read");
        });
  }

  @Test
  void aScriptOfSqliteBecomesASystemOfSqlite() throws Exception {
    var written =
        imported(
            "a.sql",
            "create table notes (id integer primary key autoincrement, text text not null, at datetime);");
    assertThat(written.text())
        .contains(
            "    id: int\n    text: string\n    at: timestamp?\n",
            "    type: sqlite\n",
            "        sql: \"insert into notes (text, at) values (:text, :at)\"\n");
  }

  @Test
  void samplesOfJsonLines() throws Exception {
    var options = new Importers.Options(Optional.empty(), Optional.empty(), Set.of(), true);
    String lines =
        """
        {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "qty": 1, "price": 1.5, "kind": "a", "at": \
        "2026-01-31T12:00:00Z"}
        {"id": "3b241101-e2bb-4255-8caf-4136c566a963", "qty": 2, "price": 2, "kind": "b", "day": "2026-01-31", "odd": 1}

        {"id": "3b241101-e2bb-4255-8caf-4136c566a964", "qty": -3, "price": 2.25, "kind": "a", "odd": "x", "lines": \
        [{"n": null}, {"n": 7}]}
        {"id": "3b241101-e2bb-4255-8caf-4136c566a965", "qty": 0, "price": 0, "kind": "b", "kin": {}}
        {"id": "3b241101-e2bb-4255-8caf-4136c566a965", "qty": 0, "price": 0, "kind": "a"}
        {"id": "3b241101-e2bb-4255-8caf-4136c566a965", "qty": 0, "price": 0, "kind": "b"}
        """;
    var written = imported(write("orders.jsonl", lines), options);
    assertThat(written.text())
        .contains(
            "# Inferred from 6 samples.\n",
            "    id: uuid\n    qty: int\n    price: decimal\n    kind: \"enum(a, b)\"\n    at: timestamp?\n   "
                + " day: date?\n    odd: any?\n",
            "    lines: list(Line)?\n    kin: Kin?\n",
            "  Line:\n    \"n\": int?\n");
    assertThat(losses(written)).contains("Orders.odd");
    assertThat(imported(folder.resolve("orders.jsonl"), ANY).text()).contains("    kind: string\n");
  }

  @Test
  void onlyTheTypesThatAreWantedAreKept() throws Exception {
    Path file =
        write(
            "a.proto",
            "syntax = \"proto3\"; message Order { Item b = 1; } message Item { int64 n = 1; } message Other {"
                + " Order a = 1; }");
    var only = new Importers.Options(Optional.empty(), Optional.empty(), Set.of("Order"), false);
    var written = imported(file, only);
    assertThat(written.imported().types().types().keySet()).containsExactly("Order", "Item");
    var wrong = new Importers.Options(Optional.empty(), Optional.empty(), Set.of("Ordre"), false);
    assertThat(Importers.read(List.of(file), wrong))
        .isEqualTo(
            new Result.Refused(
                new Problem(
                    file.toString(), 0, 0, "it has no type `Ordre`", "did you mean `Order`?")));
  }

  @Test
  void filesBesideAreRead() throws Exception {
    write(
        "common/item.json",
        "{\"title\": \"Item\", \"properties\": {\"qty\": {\"type\": \"integer\"}}}");
    var written =
        imported(
            "order.schema",
            "{\"$schema\": \"x\", \"properties\": {\"item\": {\"$ref\": \"common/item.json\"}}}");
    assertThat(written.text()).contains("    item: Item?\n", "    qty: int?\n");
    write("proto/b/b.proto", "syntax = \"proto3\"; package b; message B { int64 n = 1; }");
    assertThat(
            imported(
                    "proto/a/a.proto",
                    "syntax = \"proto3\"; import \"b/b.proto\"; message A { b.B b = 1; }")
                .text())
        .contains("    b: B?\n");
  }

  @Test
  void namesThatUdlDoesNotAllowAreTurnedAndTold() throws Exception {
    var written =
        imported(
            "n.schema",
            """
            {"$schema": "x", "$defs": {
              "a-b": {"properties": {"extends": {}, "x: #y": {"type": "string"}, "é\\n": {"type": "boolean"}}},
              "a_b": {"properties": {"n": {"type": "integer"}}}, "AB": {"properties": {"n": {}}}, "a b": \
              {"properties": {"m": {}}},
              "1st": {"properties": {"n": {}}}, "ß": {"properties": {"n": {}}}}}
            """);
    assertThat(written.imported().types().types().keySet())
        .containsExactly("AB", "A_b", "AB2", "AB3", "T1st", "Type");
    assertThat(written.losses())
        .filteredOn(loss -> loss.kind() == Loss.Kind.NAME)
        .hasSizeGreaterThan(4);
    assertThat(written.text()).contains("\"x: #y\": string?", "lost: the field `extends`");
  }
}
