package io.unikernal.importers;

import java.util.Map;
import java.util.Optional;

/** A good document of each format: what the tests of bad input begin with. */
final class Seeds {
  private static final String OPENAPI =
      """
      {"openapi": "3.1.0", "info": {"title": "Pets"}, "servers": [{"url": "https://pets.example.org"}],
       "paths": {"/pets/{id}": {"get": {"operationId": "getPet",
         "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}}],
         "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}}},
        "post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
         "responses": {"default": {"description": "x"}}}}},
       "components": {"schemas": {
         "Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                 "discriminator": {"propertyName": "kind"}},
         "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "kittens": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}},
         "Dog": {"allOf": [{"$ref": "#/components/schemas/Cat"}, {"properties": {"tail": {"type": "number", "nullable": true}}}], "required": ["kind"]}}}}
      """;
  private static final String SCHEMA =
      """
      {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/order", "type": "object",
       "properties": {"id": {"type": "string", "format": "uuid"}, "qty": {"type": "integer", "minimum": 1, "default": 1},
         "total": {"type": "number", "multipleOf": 0.01}, "code": {"type": "string", "pattern": "^[A-Z]{3}$", "maxLength": 3},
         "status": {"enum": ["new", "paid", null]}, "items": {"type": "array", "items": {"$ref": "#/$defs/item"}, "maxItems": 9},
         "tags": {"type": "object", "additionalProperties": {"type": "string"}}, "next": {"$ref": "#"}, "any": true},
       "required": ["id"], "$defs": {"item": {"$anchor": "it", "allOf": [{"$ref": "#/$defs/base"}], "properties": {"n": {"const": "x"}}},
         "base": {"properties": {"m": {"type": ["string", "null"]}}, "if": {}, "then": {}}}}
      """;
  private static final String PROTO =
      """
      syntax = "proto3";
      package a.b;
      import "google/protobuf/timestamp.proto";
      /* An order. */
      message Order {
        enum Status { option allow_alias = true; NEW = 0; PAID = 1; }
        message Line { int32 qty = 1 [deprecated = true]; }
        optional string id = 1;
        repeated Line lines = 2;
        map<string, Order> parts = 3;
        oneof how { string card = 4; google.protobuf.Timestamp at = 5; }
        Status status = 6;
        reserved 7 to 9;
      }
      service Orders { rpc Get(Order) returns (stream Order); }
      """;
  private static final String AVRO =
      """
      {"type": "record", "name": "Order", "namespace": "a.b", "fields": [
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
        {"name": "next", "type": ["null", "Order"], "default": null},
        {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}, "default": "NEW"},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 16}},
        {"name": "tags", "type": {"type": "map", "values": {"type": "array", "items": "long"}}}]}
      """;
  private static final String SQL =
      """
      create type status as enum ('new', 'paid');
      create domain amount as numeric(12,2) not null;
      create table "orders" (
        id bigserial primary key, -- the key
        customer varchar(80) not null default 'ann', total amount, kind text check (kind in ('a', 'b')),
        status status not null, at timestamp with time zone default now(), qty int check (qty between 1 and 9),
        doc jsonb, tags text[], constraint positive check (qty > 0), unique (customer, at)
      );
      alter table only lines add constraint pk primary key (id, n);
      create table lines (id bigint references orders (id) on delete cascade, n smallint, note $$a;b$$);
      """;
  private static final String JSON =
      """
      [{"id": "3b241101-e2bb-4255-8caf-4136c566a962", "qty": 1, "price": 1.5e3, "lines": [{"n": null}, {"n": "x"}],
        "at": "2026-01-31T12:00:00Z", "odd": [1, "a", {}], "by": {"1": 2, "2": 3}}, {"id": "x", "qty": 18446744073709551615}]
      """;

  static final Map<Format, String> ALL =
      Map.of(
          Format.OPENAPI, OPENAPI,
          Format.JSON_SCHEMA, SCHEMA,
          Format.PROTO, PROTO,
          Format.AVRO, AVRO,
          Format.SQL, SQL.replace(", note $$a;b$$", ""),
          Format.JSON, JSON);

  private Seeds() {}

  static String of(Format format) {
    return Optional.ofNullable(ALL.get(format)).orElseThrow();
  }
}
