package io.unikernal.formats;

import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Records;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** CSV and TSV. */
record CsvCodec(CsvOptions options) implements Codec, Records {

  @Override
  public Value read(byte[] bytes, Reading reading) {
    var in = new ByteArrayInputStream(bytes);
    // The bytes are there already: no row need be shorter than they are.
    var limits =
        new Limits(
            reading.limits().depthMax(),
            reading.limits().itemsMax(),
            reading.limits().fieldsMax(),
            Integer.MAX_VALUE);
    var rows = new CsvRows(in, options, Texts.element(reading.type()), reading.charset(), limits);
    return Sequences.read(rows, reading);
  }

  @Override
  public byte[] write(Value value, Type type) {
    var out = new ByteArrayOutputStream();
    List<Value> records = Sequences.records(value);
    Type element = Texts.element(type);
    try (var writer = new CsvWriter(out, options, columns(element, records), false)) {
      for (Value one : records) {
        writer.write(one);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be written", e);
    }
    return out.toByteArray();
  }

  /** By the type, or by all fields that any record has where it says nothing. */
  private static Optional<List<String>> columns(Type element, List<Value> records) {
    return CsvWriter.columns(element)
        .or(() -> {
          var names = new LinkedHashSet<String>();
          records.stream()
              .filter(Texts::isRecord)
              .forEach(one -> names.addAll(Texts.fields(one).keySet()));
          return names.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(names));
        });
  }

  @Override
  public Optional<Charset> charset() {
    return Optional.of(Charset.forName(options.charset()));
  }

  @Override
  public Optional<Records> records() {
    return Optional.of(this);
  }

  @Override
  public Reader reader(InputStream in, Reading reading) {
    return Sequences.fitted(
        new CsvRows(in, options, reading.type(), reading.charset(), reading.limits()), reading);
  }

  @Override
  public Writer writer(OutputStream out, Type element, boolean isContinued) {
    return new CsvWriter(out, options, CsvWriter.columns(element), isContinued);
  }
}
