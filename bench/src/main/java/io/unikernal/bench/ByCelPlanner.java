package io.unikernal.bench;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.values.StructValue;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.unikernal.model.Json;
import io.unikernal.model.Rec;
import io.unikernal.model.Shape;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * dev.cel's own evaluator, its newer one, on our decoded order. Records reach it as its {@link
 * StructValue}s: it is many times slower on maps, which it copies at every access.
 */
final class ByCelPlanner {
  static final String PREDICATE = "o.total > 100.0 && o.country in ['DE', 'FR']";
  private static final String MAPPING =
      """
      {'orderId': o.id, 'total': o.total, 'currency': o.currency.upperAscii(),
       'country': o.country, 'date': format_date(o.created), 'priority': o.priority,
       'paid': o.paid, 'customerId': o.customer.id, 'customerName': o.customer.name.upperAscii(),
       'email': o.customer.email, 'phone': o.customer.phone, 'vip': o.customer.vip,
       'street': o.address.street, 'city': o.address.city, 'zip': o.address.zip,
       'shipTo': o.address.street + ', ' + o.address.zip + ' ' + o.address.city,
       'itemCount': size(o.items.filter(i, i.qty > 0)),
       'amounts': o.items.filter(i, i.qty > 0).map(i, i.price * double(i.qty)),
       'itemsTotal': sum(o.items.filter(i, i.qty > 0).map(i, i.price * double(i.qty))),
       'channel': o.channel.upperAscii()}
      """;
  private static final CelOptions OPTIONS =
      CelOptions.current().enableHeterogeneousNumericComparisons(true).build();
  private static final String ORDER = "o";

  private final Types types = new Types();
  private final CelRuntime.Program program;

  ByCelPlanner(Type order, String expression) {
    try {
      var tree = compiler(types.of(order)).compile(expression).getAst();
      program = runtime().createProgram(tree);
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException(expression, e);
    }
  }

  static ByCelPlanner mapping(MappingDefinition definition) {
    return new ByCelPlanner(definition.order(), MAPPING);
  }

  private CelCompiler compiler(CelType order) {
    return CelCompilerFactory.standardCelCompilerBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
        .setTypeProvider(types)
        .addVar(ORDER, order)
        .addLibraries(CelExtensions.strings())
        .addFunctionDeclarations(
            CelFunctionDecl.newFunctionDeclaration(
                "format_date",
                CelOverloadDecl.newGlobalOverload(
                    "format_date", SimpleType.STRING, SimpleType.TIMESTAMP)),
            CelFunctionDecl.newFunctionDeclaration(
                "sum",
                CelOverloadDecl.newGlobalOverload(
                    "sum", SimpleType.DOUBLE, ListType.create(SimpleType.DOUBLE))))
        .build();
  }

  private static CelRuntime runtime() {
    return CelRuntimeFactory.plannerRuntimeBuilder()
        .setOptions(OPTIONS)
        .addLibraries(CelExtensions.strings())
        .addFunctionBindings(
            CelFunctionBinding.from("format_date", Instant.class, OrderDates::of),
            CelFunctionBinding.from("sum", List.class, ByCelPlanner::sum))
        .build();
  }

  private static Object sum(List<?> numbers) {
    double sum = 0;
    for (Object number : numbers) {
      sum += (Double) number;
    }
    return sum;
  }

  /** The variables for an order that is decoded already. */
  Map<String, Object> variables(Value order) {
    return Map.of(ORDER, types.wrap(order));
  }

  Object evaluate(Map<String, Object> variables) throws CelEvaluationException {
    return program.eval(variables);
  }

  byte[] run(MappingDefinition definition, byte[] body) throws CelEvaluationException {
    return Json.write(value(evaluate(variables(definition.read(body)))));
  }

  private static Value value(Object given) {
    return switch (given) {
      case String text -> new Value.Text(text);
      case Long number -> new Value.Int(number);
      case Double number -> new Value.Real(number);
      case Boolean bool -> Value.Bool.of(bool);
      case List<?> list -> {
        var items = new ArrayList<Value>(list.size());
        for (Object item : list) {
          items.add(value(item));
        }
        yield new Value.Items(items);
      }
      case Map<?, ?> map -> {
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> fields.put((String) name, value(field)));
        yield new Value.Dict(fields);
      }
      default -> throw new IllegalStateException("unexpected " + given.getClass());
    };
  }

  /** Our record types as CEL's, by a name made from their fields. */
  @SuppressWarnings("Immutable") // It only remembers what it has made; CEL asks for the annotation.
  private static final class Types implements CelTypeProvider {
    private final Map<Shape, StructType> byShape = new LinkedHashMap<>();

    CelType of(Type type) {
      return switch (type.core()) {
        case Type.Record record -> struct(record);
        case Type.ListOf list -> ListType.create(of(list.element()));
        case Type.Int _ -> SimpleType.INT;
        case Type.Real _ -> SimpleType.DOUBLE;
        case Type.Text _ -> SimpleType.STRING;
        case Type.Simple simple when simple == Type.Simple.BOOL -> SimpleType.BOOL;
        case Type.Simple simple when simple == Type.Simple.TIMESTAMP -> SimpleType.TIMESTAMP;
        default -> throw new IllegalStateException("not in the order: " + type);
      };
    }

    private StructType struct(Type.Record record) {
      var known = byShape.get(record.shape());
      if (known != null) {
        return known;
      }
      var fields = new LinkedHashMap<String, CelType>();
      record.shape().fields().forEach(field -> fields.put(field.name(), of(field.type())));
      var made =
          StructType.create(
              record.name(),
              ImmutableSet.copyOf(fields.keySet()),
              name -> Optional.ofNullable(fields.get(name)));
      byShape.put(record.shape(), made);
      return made;
    }

    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableList.copyOf(byShape.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
      return types().stream().filter(type -> type.name().equals(name)).findFirst();
    }

    Object wrap(Value value) {
      return switch (value) {
        case Rec rec -> new Struct(rec, this);
        case Value.Items(var items) -> items.stream().map(this::wrap).toList();
        case Value.Text(var text) -> text;
        case Value.Int(var number) -> number;
        case Value.Real(var number) -> number;
        case Value.Bool bool -> bool.value();
        case Value.Timestamp(var moment) -> moment;
        default -> throw new IllegalStateException("not in the order: " + value);
      };
    }
  }

  /** A record of ours as CEL's evaluator selects from it; its parts are wrapped once. */
  private static final class Struct extends StructValue<String, Object> {
    private final Shape shape;
    private final Object[] fields;
    private final CelType type;

    Struct(Rec rec, Types types) {
      shape = rec.shape();
      fields = new Object[shape.size()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = types.wrap(rec.get(i));
      }
      type = types.byShape.get(shape);
    }

    @Override
    public Object value() {
      return this;
    }

    @Override
    public boolean isZeroValue() {
      return false;
    }

    @Override
    public CelType celType() {
      return type;
    }

    @Override
    public Object select(String field) {
      return fields[shape.index(field)];
    }

    @Override
    public Optional<Object> find(String field) {
      int index = shape.index(field);
      return index < 0 ? Optional.empty() : Optional.of(fields[index]);
    }
  }
}
