package io.unikernal.formats;

import com.ctc.wstx.stax.WstxOutputFactory;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Records;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes values as elements, in UTF-8. */
final class XmlWriter {
  private static final int DEPTH_MAX = 512;
  private static final String SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
  private static final String ITEM = "item";
  private static final String ITEMS = "items";
  private static final WstxOutputFactory FACTORY = factory();

  private final XMLStreamWriter out;
  private final XmlOptions options;

  private static WstxOutputFactory factory() {
    var factory = new WstxOutputFactory();
    factory.setProperty(XMLOutputFactory.IS_REPAIRING_NAMESPACES, false);
    return factory;
  }

  private XmlWriter(OutputStream out, XmlOptions options) throws XMLStreamException {
    this.out = FACTORY.createXMLStreamWriter(out, "UTF-8");
    this.options = options;
  }

  static void document(OutputStream out, XmlOptions options, Value value, Type type)
      throws IOException {
    try {
      var writer = new XmlWriter(out, options);
      writer.begin();
      String item = itemName(options, Texts.element(type));
      boolean isList = value instanceof Value.Items;
      writer.element(options.root().orElse(rootName(type, isList)), value, item, 0);
      writer.out.writeEndDocument();
      writer.out.close();
    } catch (XMLStreamException e) {
      throw io(e);
    }
  }

  private static IOException io(XMLStreamException e) {
    return e.getNestedException() instanceof IOException io ? io : new IOException(e);
  }

  private static String rootName(Type type, boolean isList) {
    return isList ? ITEMS : typeName(type).orElse("root");
  }

  private static String itemName(XmlOptions options, Type element) {
    return options.item().or(() -> typeName(element)).orElse(ITEM);
  }

  private static Optional<String> typeName(Type type) {
    return switch (type.core()) {
      case Type.Record record -> Optional.of(record.name()).filter(XmlOptions::isName);
      case Type.Union union -> Optional.of(union.name()).filter(XmlOptions::isName);
      default -> Optional.empty();
    };
  }

  private void begin() throws XMLStreamException {
    out.writeStartDocument("UTF-8", "1.0");
  }

  /** {@code item} is the name of the elements of a list that has no other. */
  private void element(String name, Value value, String item, int depth) throws XMLStreamException {
    if (depth > DEPTH_MAX) {
      throw Faults.invalid("XML is not written deeper than " + DEPTH_MAX + " levels");
    }
    if (!XmlOptions.isName(name)) {
      throw Faults.invalid(
          "XML has no element of such a name: only letters, digits, `_`, `-`, `.`");
    }
    out.writeStartElement(name);
    if (depth == 0 && options.namespace().isPresent()) {
      out.writeDefaultNamespace(options.namespace().get());
    }
    switch (value) {
      case Value.Absent _, Value.Null _ -> {
        out.writeNamespace("xsi", SCHEMA_INSTANCE);
        out.writeAttribute("xsi", SCHEMA_INSTANCE, "nil", "true");
      }
      case Value.Items(var items) -> {
        for (Value one : items) {
          element(item, one, options.item().orElse(ITEM), depth + 1);
        }
      }
      case Value.Dict _, io.unikernal.model.Rec _ -> fields(Texts.fields(value), depth);
      default -> text(Texts.of(value));
    }
    out.writeEndElement();
  }

  private void fields(SequencedMap<String, Value> fields, int depth) throws XMLStreamException {
    for (String name : options.attributes()) {
      Value value = fields.getOrDefault(name, Value.Absent.ABSENT);
      if (!Texts.isNothing(value)) {
        out.writeAttribute(name, checked(scalar(name, value)));
      }
    }
    for (Map.Entry<String, Value> field : fields.entrySet()) {
      String name = field.getKey();
      Value value = field.getValue();
      if (value == Value.Absent.ABSENT || options.attributes().contains(name)) {
        continue;
      }
      if (name.equals(options.text())) {
        text(scalar(name, value));
      } else if (value instanceof Value.Items(var items) && !options.isWrapped()) {
        each(name, items, depth + 1);
      } else {
        element(name, value, options.item().orElse(ITEM), depth + 1);
      }
    }
  }

  private void each(String name, List<Value> items, int depth) throws XMLStreamException {
    for (Value one : items) {
      element(name, one, options.item().orElse(ITEM), depth);
    }
  }

  private static String scalar(String name, Value value) {
    if (value instanceof Value.Items || Texts.isRecord(value)) {
      throw Faults.invalid("`" + name + "` is no text, so it is neither an attribute nor one");
    }
    return Texts.of(value);
  }

  private void text(String text) throws XMLStreamException {
    out.writeCharacters(checked(text));
  }

  private static String checked(String text) {
    if (!XmlOptions.isText(text)) {
      throw Faults.invalid("XML cannot hold a text with a control character");
    }
    return text;
  }

  /** One element for each record, in an outermost one. */
  static final class Elements implements Records.Writer {
    private final XmlWriter writer;
    private final String root;
    private final String item;
    private boolean isBegun;

    Elements(OutputStream out, XmlOptions options, Type element) {
      try {
        writer = new XmlWriter(out, options);
      } catch (XMLStreamException e) {
        throw new IllegalStateException("no writer of XML", e);
      }
      root = options.root().orElse(ITEMS);
      item = itemName(options, element);
    }

    private void begin() throws XMLStreamException {
      if (!isBegun) {
        isBegun = true;
        writer.begin();
        writer.out.writeStartElement(root);
        if (writer.options.namespace().isPresent()) {
          writer.out.writeDefaultNamespace(writer.options.namespace().get());
        }
      }
    }

    @Override
    public void write(Value one) throws IOException {
      try {
        begin();
        writer.element(item, one, writer.options.item().orElse(ITEM), 1);
      } catch (XMLStreamException e) {
        throw io(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        writer.out.flush();
      } catch (XMLStreamException e) {
        throw io(e);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        begin();
        writer.out.writeEndDocument();
        writer.out.flush();
      } catch (XMLStreamException e) {
        throw io(e);
      }
    }
  }
}
