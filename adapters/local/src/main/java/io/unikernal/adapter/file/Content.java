package io.unikernal.adapter.file;

import io.unikernal.model.Config;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.Json;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import io.unikernal.spi.Formats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Bytes of files as values and back: in the format that the operation names, else by the end of a
 * file's name.
 *
 * @param format as the definition names it
 * @param type of what is read or taken
 */
record Content(Optional<Format> format, Type type, Config operation, Config system) {
  /** A larger file is refused: it would have to be in memory whole. */
  static final long BYTES_MAX = 64L << 20;

  static Content of(Config operation, Config system, Type type) {
    return new Content(
        operation.find(FileAdapter.FORMAT).map(Formats.installed()::get),
        type.core(),
        operation,
        system);
  }

  /** What a file of this name is in; empty where neither it nor the operation says so. */
  static Optional<Format> format(Config operation, String name) {
    return operation
        .find(FileAdapter.FORMAT)
        .map(Formats.installed()::get)
        .or(() -> Formats.installed().ofFile(name));
  }

  private Codec codec(Format of) {
    return Formats.installed().codec(of, operation, system);
  }

  Value decode(String name, byte[] bytes) {
    if (type instanceof Type.Bytes) {
      return new Value.Bytes(bytes);
    }
    Optional<Format> chosen = format.or(() -> byName(name));
    return chosen.isEmpty()
        ? text(bytes)
        : codec(chosen.get()).read(bytes, Codec.Reading.of(type, Conform.Extra.KEEP));
  }

  /** Where a text is wanted, a file is that text as it is, unless it is JSON. */
  private Optional<Format> byName(String name) {
    return Formats.installed()
        .ofFile(name)
        .filter(it -> !(type instanceof Type.Text) || isJson(it));
  }

  private static boolean isJson(Format format) {
    return format.spec().name().equals(Formats.JSON);
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
  byte[] encode(String name, Value value) {
    Optional<Format> chosen = format.or(() -> Formats.installed().ofFile(name));
    boolean isData = chosen.filter(it -> isJson(it) || isLines(it)).isPresent();
    if (format.isEmpty() && !isData) {
      if (value instanceof Value.Bytes(byte[] bytes)) {
        return bytes;
      }
      if (value instanceof Value.Text(String text)) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
    }
    return chosen.isEmpty() || isJson(chosen.get())
        ? line(value)
        : codec(chosen.get()).write(value, type);
  }

  private static boolean isLines(Format format) {
    return format.spec().name().equals("ndjson");
  }

  /** What {@code append} adds to a file; {@code isFirst}: to one that is empty. */
  byte[] appended(String name, Value value, boolean isFirst) {
    var records =
        format.or(() -> Formats.installed().ofFile(name)).flatMap(it -> codec(it).records());
    if (records.isEmpty()) {
      return line(value);
    }
    var out = new ByteArrayOutputStream();
    try (var writer = records.get().writer(out, type, !isFirst)) {
      writer.write(value == Value.Absent.ABSENT ? Value.Null.NULL : value);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be written", e);
    }
    return out.toByteArray();
  }

  /** One line of JSON with its end. */
  private static byte[] line(Value value) {
    byte[] json = Json.write(value == Value.Absent.ABSENT ? Value.Null.NULL : value);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }
}
