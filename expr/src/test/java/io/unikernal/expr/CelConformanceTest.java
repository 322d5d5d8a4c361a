package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unikernal.model.FaultException;
import io.unikernal.model.Frame;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The cases of cel-spec that concern a language without protobuf messages. Which ones fail is
 * written down exactly: a case that starts to pass must leave the list.
 */
class CelConformanceTest {
  private static final List<String> FILES =
      List.of(
          "basic",
          "bindings_ext",
          "comparisons",
          "conversions",
          "fp_math",
          "integer_math",
          "lists",
          "logic",
          "macros",
          "macros2",
          "optionals",
          "parse",
          "plumbing",
          "string",
          "string_ext",
          "timestamps");

  private final TreeMap<String, String> failures = new TreeMap<>();
  private final Map<String, int[]> counts = new LinkedHashMap<>();

  @Test
  void theCasesOfCelSpecGiveWhatTheySayButThoseOnTheList() throws IOException {
    Optional<Path> folder = find(Path.of("").toAbsolutePath());
    assumeTrue(folder.isPresent(), "data: no cel-spec among the shared data");
    for (String file : FILES) {
      runFile(file, folder.get().resolve(file + ".json"));
    }
    int all = counts.values().stream().mapToInt(c -> c[1]).sum();
    var report = new StringBuilder("cel-spec: %d of %d\n".formatted(all - failures.size(), all));
    counts.forEach((file, c) -> report.append("  %s %d/%d%n".formatted(file, c[0], c[1])));
    Files.writeString(
        Files.createDirectories(Path.of("target")).resolve("cel-conformance.txt"),
        report + String.join("\n", failures.entrySet().stream().map(Object::toString).toList()));
    assertThat(new TreeSet<>(failures.keySet()))
        .as("%s; reasons are in target/cel-conformance.txt", report)
        .isEqualTo(new TreeSet<>(known()));
  }

  private static Optional<Path> find(Path from) {
    for (Path at = from; at != null; at = at.getParent()) {
      Path data = at.resolve("shared/data/cel-spec");
      if (Files.isDirectory(data)) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }

  private static List<String> known() throws IOException {
    try (InputStream in = CelConformanceTest.class.getResourceAsStream("/cel-known-failing.txt")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("# "))
          .toList();
    }
  }

  private void runFile(String file, Path path) throws IOException {
    Value root = Json.read(Files.readAllBytes(path), Json.Limits.DEFAULT);
    var count = new int[2];
    counts.put(file, count);
    for (Value section : items(root, "section")) {
      for (Value test : items(section, "test")) {
        String name = file + "/" + text(section, "name") + "/" + text(test, "name");
        count[1]++;
        String reason;
        try {
          reason = reason(test);
        } catch (RuntimeException e) {
          reason = "threw " + e;
        }
        if (reason.isEmpty()) {
          count[0]++;
        } else {
          failures.put(name, text(test, "expr") + " -> " + reason);
        }
      }
    }
  }

  /** Empty when the case passes. */
  private static String reason(Value test) {
    var variables = new ArrayList<Scope.Variable>();
    for (Value declared : items(test, "type_env")) {
      variables.add(
          new Scope.Variable(
              text(declared, "name"),
              declaredType(field(field(declared, "ident"), "type")),
              variables.size()));
    }
    var frame = new Frame(variables.size() + 1, Fixture.frame(Fixture.order().build()).ambient());
    for (Scope.Variable variable : variables) {
      Value bound = field(field(field(test, "bindings"), variable.name()), "value");
      frame.set(variable.slot(), bound == Value.Absent.ABSENT ? bound : value(bound));
    }
    boolean wantsError = field(test, "eval_error") != Value.Absent.ABSENT;
    switch (Expressions.cel(text(test, "expr"), new Scope(variables))) {
      case Compiled.Bad(var problems) -> {
        boolean refusedForItsTypes =
            problems.stream().allMatch(problem -> problem.kind() == Compiled.Kind.TYPE);
        return wantsError && refusedForItsTypes ? "" : "refused: " + problems.getFirst().message();
      }
      case Compiled.Good(var expression) -> {
        Value found;
        Both.same(expression, () -> frame);
        try {
          found = expression.evaluate(frame);
        } catch (FaultException e) {
          return wantsError ? "" : "failed: " + e.fault().message();
        }
        if (wantsError) {
          return "gave " + found + " but should fail";
        }
        Value wanted =
            field(test, "value") == Value.Absent.ABSENT
                ? Value.Bool.TRUE
                : value(field(test, "value"));
        return plain(found).equals(plain(wanted)) ? "" : "gave " + found + ", not " + wanted;
      }
    }
  }

  private static Value field(Value of, String name) {
    return Collections.get(of, name);
  }

  private static List<Value> items(Value of, String name) {
    return field(of, name) instanceof Value.Items(var items) ? items : List.of();
  }

  private static String text(Value of, String name) {
    return field(of, name) instanceof Value.Text(var text) ? text : "";
  }

  private static Type declaredType(Value type) {
    String primitive = text(type, "primitive");
    if (!primitive.isEmpty()) {
      return switch (primitive) {
        case "BOOL" -> Type.Simple.BOOL;
        case "INT64" -> Type.Int.ANY_INT;
        case "UINT64" -> Type.UInt.ANY_UINT;
        case "DOUBLE" -> Type.Real.ANY_DOUBLE;
        case "BYTES" -> Type.Bytes.ANY_BYTES;
        default -> Type.Text.ANY_TEXT;
      };
    }
    return switch (text(type, "message_type") + text(type, "well_known")) {
      case "google.protobuf.Timestamp", "TIMESTAMP" -> Type.Simple.TIMESTAMP;
      case "google.protobuf.Duration", "DURATION" -> Type.Simple.DURATION;
      default -> listOrAny(type);
    };
  }

  private static Type listOrAny(Value type) {
    Value list = field(field(type, "list_type"), "elem_type");
    Value map = field(field(type, "map_type"), "value_type");
    if (list != Value.Absent.ABSENT) {
      return Type.ListOf.of(declaredType(list));
    }
    return map != Value.Absent.ABSENT ? new Type.MapOf(declaredType(map)) : Type.Simple.ANY;
  }

  private static Value value(Value proto) {
    var only = Collections.entries(proto).firstEntry();
    Value of = only.getValue();
    return switch (only.getKey()) {
      case "int64_value" -> Value.integer(Long.parseLong(Texts.of(of)));
      case "uint64_value" -> new Value.UInt(Long.parseUnsignedLong(Texts.of(of)));
      case "double_value" ->
          new Value.Real(
              switch (Texts.of(of)) {
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                case "NaN" -> Double.NaN;
                default -> Double.parseDouble(Texts.of(of));
              });
      case "string_value", "bool_value", "null_value" -> of;
      case "bytes_value" -> new Value.Bytes(Base64.getDecoder().decode(Texts.of(of)));
      case "list_value" ->
          new Value.Items(items(of, "values").stream().map(CelConformanceTest::value).toList());
      case "map_value" -> map(of);
      case "object_value" -> message(of);
      default -> throw new IllegalArgumentException("no " + only.getKey() + " in UDL");
    };
  }

  private static Value map(Value of) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    for (Value entry : items(of, "entries")) {
      if (!(value(field(entry, "key")) instanceof Value.Text(var key))) {
        throw new IllegalArgumentException("keys of maps are texts in UDL");
      }
      fields.put(key, value(field(entry, "value")));
    }
    return new Value.Dict(fields);
  }

  private static Value message(Value of) {
    return switch (text(of, "@type")) {
      case "type.googleapis.com/google.protobuf.Timestamp" ->
          Texts.parseTimestamp(text(of, "value"));
      case "type.googleapis.com/google.protobuf.Duration" -> Texts.parseDuration(text(of, "value"));
      default -> throw new IllegalArgumentException("no protobuf messages in UDL");
    };
  }

  /** Kinds are told apart, but not a record from a map, nor 0.0 from -0.0. */
  private static Object plain(Value value) {
    return switch (value) {
      case Value.Items(var items) -> items.stream().map(CelConformanceTest::plain).toList();
      case Value.Dict _, Rec _ -> {
        var fields = new LinkedHashMap<String, Object>();
        Collections.entries(value).forEach((key, field) -> fields.put(key, plain(field)));
        yield fields;
      }
      case Value.Real(var number) when number == 0 -> 0.0;
      default -> value;
    };
  }
}
