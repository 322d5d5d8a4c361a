package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Records;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One document as a value, several as a list of values. */
enum YamlCodec implements Codec, Records {
  INSTANCE;

  @Override
  public Value read(byte[] bytes, Reading reading) {
    var limits =
        new Limits(
            reading.limits().depthMax(),
            reading.limits().itemsMax(),
            reading.limits().fieldsMax(),
            Integer.MAX_VALUE);
    var in = new ByteArrayInputStream(bytes);
    List<YamlNode> nodes = all(new YamlDocuments(in, reading.type(), reading.charset(), limits));
    Type core = reading.type().core();
    boolean isList = core == Type.Simple.ANY || Texts.isList(core);
    if (nodes.size() > 1 && !isList) {
      throw Faults.invalid("the body holds " + nodes.size() + " documents where one is wanted");
    }
    Value value =
        nodes.isEmpty()
            ? Value.Null.NULL
            : YamlScalars.value(
                reading.type(), nodes.size() == 1 ? nodes.getFirst() : YamlNode.Sequence.of(nodes));
    return Sequences.fit(value, reading);
  }

  private static List<YamlNode> all(YamlDocuments documents) {
    var nodes = new ArrayList<YamlNode>();
    try (documents) {
      for (var node = documents.nextNode(); node.isPresent(); node = documents.nextNode()) {
        if (nodes.size() == DOCUMENTS_MAX) {
          throw Faults.tooLarge(
              "the body holds more than " + DOCUMENTS_MAX + " documents",
              Place.of(documents.position()));
        }
        nodes.add(node.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be read", e);
    }
    return nodes;
  }

  private static final int DOCUMENTS_MAX = 100_000;

  @Override
  public byte[] write(Value value, Type type) {
    return YamlWriter.document(value, false).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<Records> records() {
    return Optional.of(this);
  }

  @Override
  public Reader reader(InputStream in, Reading reading) {
    return Sequences.fitted(
        new YamlDocuments(in, reading.type(), reading.charset(), reading.limits()), reading);
  }

  @Override
  public Writer writer(OutputStream out, Type element, boolean isContinued) {
    return new Writer() {
      @Override
      public void write(Value one) throws IOException {
        out.write(YamlWriter.document(one, true).getBytes(StandardCharsets.UTF_8));
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }

      @Override
      public void close() throws IOException {
        out.flush();
      }
    };
  }
}
