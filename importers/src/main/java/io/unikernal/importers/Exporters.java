package io.unikernal.importers;

import io.unikernal.model.Json;
import io.unikernal.model.Plan;
import io.unikernal.model.Plan.PlannedSystem;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.AdapterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Writes a definition as others have it. */
public final class Exporters {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private Exporters() {}

  /**
   * All types as {@code $defs} of one JSON Schema 2020-12.
   *
   * @param root the type that the schema itself stands for, with only those that it refers to
   */
  public static Exported jsonSchema(SequencedMap<String, Type> declared, Optional<String> root) {
    var losses = new Losses();
    TypeSet all = TypeSet.of(declared);
    TypeSet types = root.map(name -> all.only(List.of(name))).orElse(all);
    var fields = new LinkedHashMap<String, Value>();
    fields.put("$schema", Value.text(DIALECT));
    root.ifPresent(name -> fields.put("$ref", Value.text("#/$defs/" + name)));
    fields.put("$defs", new SchemaWriter(types, "#/$defs/", false, losses).definitions());
    return new Exported(Json.pretty(new Value.Dict(fields)) + "\n", losses.all());
  }

  /**
   * The HTTP systems that serve, as OpenAPI 3.1.
   *
   * @param http how the adapter names its options
   */
  public static Exported openApi(
      SequencedMap<String, Type> declared, Plan plan, AdapterSpec http, String title) {
    var losses = new Losses();
    List<PlannedSystem> systems =
        plan.systems().stream()
            .filter(system -> system.adapter().equals(http.name()))
            .filter(system -> OpenApiWriter.serves(system, http.system()))
            .toList();
    var writer = new OpenApiWriter(TypeSet.of(declared), http, losses);
    return new Exported(Json.pretty(writer.document(title, systems)) + "\n", losses.all());
  }

  /** All types as proto3 messages, and a service for each system. */
  public static Exported proto(SequencedMap<String, Type> declared, Plan plan, String name) {
    return proto(declared, plan.systems(), name);
  }

  static Exported proto(
      SequencedMap<String, Type> declared, List<PlannedSystem> systems, String name) {
    var losses = new Losses();
    String packageName = ProtoWriter.packageName(name).orElse("definition");
    String text = new ProtoWriter(TypeSet.of(declared), losses).file(packageName, systems);
    return new Exported(text, losses.all());
  }

  /** Records as Avro: a list of schemas, each named one written where it is first met. */
  public static Exported avro(SequencedMap<String, Type> declared) {
    var losses = new Losses();
    Value schemas = new AvroWriter(TypeSet.of(declared), losses).schemas();
    return new Exported(Json.pretty(schemas) + "\n", losses.all());
  }

  /** Records as tables of PostgreSQL. */
  public static Exported sql(SequencedMap<String, Type> declared) {
    var losses = new Losses();
    String text = new SqlWriter(TypeSet.of(declared), losses).tables();
    return new Exported(text, losses.all());
  }

  /** How JSON carries a type, in words. */
  public static Exported json(Type type, String path) {
    var losses = new Losses();
    return new Exported(new JsonForm(losses).of(type, path), losses.all());
  }
}
