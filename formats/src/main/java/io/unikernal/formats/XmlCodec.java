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
import java.util.Optional;

/** A document as a value; the elements of its outermost one as records. */
record XmlCodec(XmlOptions options) implements Codec, Records {

  @Override
  public Value read(byte[] bytes, Reading reading) {
    var limits =
        new Limits(
            reading.limits().depthMax(),
            reading.limits().itemsMax(),
            reading.limits().fieldsMax(),
            Integer.MAX_VALUE);
    var in = new ByteArrayInputStream(bytes);
    try (var elements = new XmlElements(in, options, reading.type(), reading.charset(), limits)) {
      return Sequences.fit(XmlValues.value(options, reading.type(), elements.whole()), reading);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be read", e);
    }
  }

  @Override
  public byte[] write(Value value, Type type) {
    var out = new ByteArrayOutputStream();
    try {
      XmlWriter.document(out, options, value, type);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be written", e);
    }
    return out.toByteArray();
  }

  @Override
  public Optional<Records> records() {
    return Optional.of(this);
  }

  @Override
  public Reader reader(InputStream in, Reading reading) {
    return Sequences.fitted(
        new XmlElements(in, options, reading.type(), reading.charset(), reading.limits()), reading);
  }

  @Override
  public boolean isContinuable() {
    return false;
  }

  @Override
  public Writer writer(OutputStream out, Type element, boolean isContinued) {
    if (isContinued) {
      throw Faults.invalid("a document of XML that has ended cannot be continued");
    }
    return new XmlWriter.Elements(out, options, element);
  }
}
