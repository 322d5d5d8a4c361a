package io.unikernal.bench;

import com.sun.management.ThreadMXBean;
import io.unikernal.model.Cbor;
import io.unikernal.model.Conform;
import io.unikernal.model.Json;
import io.unikernal.model.Reads;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.model.Wanted;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a message costs to read and to write, beside Jackson 3: orders of 1, 10 and 100 KB, CPU time
 * of the one thread that does it, and what it allocates. The ways take turns in short slices, so
 * that a noisy moment hits all of them; the least slice is shown, and the middle one.
 */
public final class CodecSpeed {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 15);
  private static final long SLICE_NANOS = Integer.getInteger("bench.sliceMs", 40) * 1_000_000L;
  private static final int WARMING_ROUNDS = 12;
  private static final List<Integer> ITEMS = List.of(5, 92, 955);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Keeps what is made from being optimised away. */
  private static volatile Object sink = "";

  private CodecSpeed() {}

  private interface Work {
    Object run();
  }

  /** One way to do it, and what its slices took. */
  private static final class Way {
    private final String name;
    private final Work work;
    private final List<Double> nanos = new ArrayList<>();
    private int count = 1;
    private double bytes;

    Way(String name, Work work) {
      this.name = name;
      this.work = work;
    }

    /** Runs for one slice. */
    void slice() {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long started = THREADS.getCurrentThreadCpuTime();
      long done = 0;
      long ended;
      do {
        for (int i = 0; i < count; i++) {
          sink = work.run();
        }
        done += count;
        ended = THREADS.getCurrentThreadCpuTime();
        if (ended - started < SLICE_NANOS / 20) {
          count *= 2;
        }
      } while (ended - started < SLICE_NANOS);
      nanos.add((ended - started) / (double) done);
      bytes = (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) done;
    }

    double least() {
      return nanos.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }

    double middle() {
      double[] sorted = nanos.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      return sorted[sorted.length / 2];
    }
  }

  public static void main(String[] arguments) {
    for (int items : ITEMS) {
      byte[] json = order(items);
      var ways = ways(json);
      for (int round = 0; round < WARMING_ROUNDS; round++) {
        ways.forEach(Way::slice);
      }
      ways.forEach(way -> way.nanos.clear());
      for (int round = 0; round < ROUNDS; round++) {
        ways.forEach(Way::slice);
      }
      print(json.length, ways);
    }
  }

  private static void print(int length, List<Way> ways) {
    System.out.printf(
        Locale.ROOT, "%n%-34s %12s %12s %12s%n", length + " bytes", "ns least", "middle", "bytes");
    for (Way way : ways) {
      System.out.printf(
          Locale.ROOT,
          "%-34s %12.0f %12.0f %12.0f%n",
          way.name,
          way.least(),
          way.middle(),
          way.bytes);
    }
  }

  private static List<Way> ways(byte[] json) {
    var mapper = JsonMapper.builder().build();
    Map<?, ?> map = mapper.readValue(json, Map.class);
    JsonNode node = mapper.readTree(json);
    Value generic = Json.read(json, Json.Limits.DEFAULT);
    Value typed = typed(json);
    byte[] cbor = Cbor.write(typed);
    byte[] slots = Cbor.writeSlots(ORDER, typed);
    requireSame(json, mapper.writeValueAsBytes(map), "Jackson");
    requireSame(json, Json.write(generic), "generic");
    requireSame(json, Json.write(typed), "typed");
    return List.of(
        new Way("read, Jackson 3 Map", () -> mapper.readValue(json, Map.class)),
        new Way("read, Jackson 3 JsonNode", () -> mapper.readTree(json)),
        new Way("read, generic", () -> Json.read(json, Json.Limits.DEFAULT)),
        new Way("read, typed", () -> typed(json)),
        new Way("receive, typed, 3 fields read", () -> three(json)),
        new Way("write, Jackson 3 Map", () -> mapper.writeValueAsBytes(map)),
        new Way("write, Jackson 3 JsonNode", () -> mapper.writeValueAsBytes(node)),
        new Way("write, generic", () -> Json.write(generic)),
        new Way("write, typed", () -> Json.write(typed)),
        new Way("write, typed, CBOR", () -> Cbor.write(typed)),
        new Way("read, generic, CBOR", () -> Cbor.read(cbor, 0, cbor.length)),
        new Way("write, slots, CBOR", () -> Cbor.writeSlots(ORDER, typed)),
        new Way("read, slots, CBOR", () -> Cbor.readSlots(ORDER, slots, 0, slots.length)),
        new Way("check, no values", () -> check(json)),
        new Way("receive and forward", () -> forward(json)));
  }

  private static void requireSame(byte[] expected, byte[] found, String who) {
    if (!Arrays.equals(expected, found)) {
      throw new IllegalStateException(
          who + " writes something else: " + new String(found, StandardCharsets.UTF_8));
    }
  }

  private static Value typed(byte[] json) {
    return Json.read(json, ORDER, Conform.Extra.REFUSE, Json.Limits.DEFAULT);
  }

  /** As a source reads a body of which a route looks at three fields. */
  private static Value three(byte[] json) {
    Value value = Json.receive(json, ORDER, Conform.Extra.REFUSE, Json.Limits.DEFAULT, THREE);
    return value.field("currency");
  }

  private static Object check(byte[] json) {
    Json.check(json, Json.Limits.DEFAULT);
    return json;
  }

  /** Three fields are looked at, and the whole goes on. */
  private static byte[] forward(byte[] json) {
    Value value = Json.receive(json, Json.Limits.DEFAULT, Set.of("id", "total", "paid"));
    return Json.forward(value);
  }

  private static final Type.Record ORDER = orderType();
  private static final Wanted THREE =
      Wanted.of(
          ORDER,
          new Reads(
              false,
              new TreeMap<>(Map.of("id", Reads.ALL, "total", Reads.ALL, "currency", Reads.ALL)),
              Optional.empty()));

  private static Type.Record orderType() {
    var text = Type.Text.ANY_TEXT;
    var real = Type.Real.ANY_DOUBLE;
    var number = Type.Int.ANY_INT;
    var customer = new LinkedHashMap<String, Type>();
    customer.put("id", number);
    customer.put("name", text);
    customer.put("email", text);
    customer.put("phone", text);
    customer.put("vip", Type.Simple.BOOL);
    var address = new LinkedHashMap<String, Type>();
    address.put("street", text);
    address.put("city", text);
    address.put("zip", text);
    address.put("country", text);
    var item = new LinkedHashMap<String, Type>();
    item.put("sku", text);
    item.put("qty", number);
    item.put("price", real);
    item.put("title", text);
    var order = new LinkedHashMap<String, Type>();
    order.put("id", text);
    order.put("total", real);
    order.put("currency", text);
    order.put("country", text);
    order.put("created", Type.Simple.TIMESTAMP);
    order.put("priority", number);
    order.put("paid", Type.Simple.BOOL);
    order.put("customer", record("Customer", customer));
    order.put("address", record("Address", address));
    order.put("items", Type.ListOf.of(record("Item", item)));
    order.put("channel", text);
    order.put("tags", Type.ListOf.of(text));
    order.put("note", text);
    return record("Order", order);
  }

  private static Type.Record record(String name, Map<String, Type> fields) {
    var list = new ArrayList<Type.Field>();
    fields.forEach((field, type) -> list.add(new Type.Field(field, type, Optional.empty(), "")));
    return new Type.Record(name, list);
  }

  private static byte[] order(int items) {
    var text = new StringBuilder();
    text.append("{\"id\":\"ORD-2025-000123\",\"total\":356.75,\"currency\":\"eur\",");
    text.append("\"country\":\"DE\",\"created\":\"2025-03-14T09:26:53Z\",\"priority\":3,");
    text.append("\"paid\":true,\"customer\":{\"id\":98765,\"name\":\"Erika Müstermann\",");
    text.append("\"email\":\"erika@example.com\",\"phone\":\"+49 30 1234567\",\"vip\":false},");
    text.append("\"address\":{\"street\":\"Hauptstraße 5\",\"city\":\"Berlin\",");
    text.append("\"zip\":\"10115\",\"country\":\"DE\"},\"items\":[");
    for (int i = 0; i < items; i++) {
      text.append(i > 0 ? "," : "").append("{\"sku\":\"SKU-").append(100_000 + i);
      text.append("\",\"qty\":").append(i % 40).append(",\"price\":");
      text.append(String.format(Locale.ROOT, "%d.%d", 19 + i, 1 + i % 9));
      text.append(",\"title\":\"Widget no ").append(i).append(", part of the assembly line");
      text.append(" number ").append(i % 7).append("\"}");
    }
    text.append("],\"channel\":\"web\",\"tags\":[\"new\",\"eu\",\"retail\"],");
    text.append("\"note\":\"please \\\"ring\\\" twice, and leave it at the door\"}");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
