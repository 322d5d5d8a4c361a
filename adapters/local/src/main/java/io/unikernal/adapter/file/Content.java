package io.unikernal.adapter.file;

import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Bytes of a file as a value and back, by the end of its name. */
final class Content {
  /** A larger file is refused: it would have to be in memory whole. */
  static final long BYTES_MAX = 64L << 20;

  private Content() {}

  static Value decode(String name, byte[] bytes, Type type) {
    Type core = type.core();
    if (core instanceof Type.Bytes) {
      return new Value.Bytes(bytes);
    }
    if (name.endsWith(".jsonl")) {
      return lines(bytes, core);
    }
    if (name.endsWith(".json")) {
      return json(bytes, core);
    }
    return text(bytes);
  }

  private static Value json(byte[] bytes, Type type) {
    return type == Type.Simple.ANY
        ? Json.read(bytes, Json.Limits.DEFAULT)
        : Json.read(bytes, type, Conform.Extra.KEEP, Json.Limits.DEFAULT);
  }

  private static Value lines(byte[] bytes, Type type) {
    Type element = type instanceof Type.ListOf(var of, _) ? of : Type.Simple.ANY;
    List<Value> items = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        byte[] line = Arrays.copyOfRange(bytes, start, i);
        if (!new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
          items.add(json(line, element));
        }
        start = i + 1;
      }
    }
    return new Value.Items(items);
  }

  private static Value text(byte[] bytes) {
    try {
      return Value.text(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException error) {
      throw Fault.of(Fault.Code.MALFORMED, "the file is not text in UTF-8", "write returns: bytes")
          .toException(error);
    }
  }

  /** What {@code write} puts into a file. */
  static byte[] encode(String name, Value value) {
    if (name.endsWith(".jsonl") && value instanceof Value.Items(var items)) {
      var lines = new ByteArrayOutputStream();
      items.forEach(item -> lines.writeBytes(line(item)));
      return lines.toByteArray();
    }
    if (name.endsWith(".json") || name.endsWith(".jsonl")) {
      return line(value);
    }
    return switch (value) {
      case Value.Bytes(byte[] bytes) -> bytes;
      case Value.Text(String text) -> text.getBytes(StandardCharsets.UTF_8);
      default -> line(value);
    };
  }

  /** One line of JSON with its end. */
  static byte[] line(Value value) {
    byte[] json = Json.write(value == Value.Absent.ABSENT ? Value.Null.NULL : value);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }
}
