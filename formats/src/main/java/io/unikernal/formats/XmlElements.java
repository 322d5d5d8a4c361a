package io.unikernal.formats;

import com.ctc.wstx.api.WstxInputProperties;
import com.ctc.wstx.stax.WstxInputFactory;
import io.unikernal.formats.Faults.Place;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Elements of a document: the whole of it, or one after the other those of its outermost one. */
final class XmlElements implements Sequences.Raw {
  private static final String SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
  private static final String XML = "http://www.w3.org/XML/1998/namespace";
  private static final WstxInputFactory FACTORY = factory();

  private final InputStream in;
  private final XmlOptions options;
  private final Type type;
  private final Optional<Charset> told;
  private final Limits limits;
  private @Nullable TextReader text;
  private @Nullable XMLStreamReader reader;
  private boolean isEnded;

  private static WstxInputFactory factory() {
    var factory = new WstxInputFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    // Each of them is bounded here, by the limits of who reads.
    factory.setProperty(WstxInputProperties.P_MAX_ATTRIBUTE_SIZE, Integer.MAX_VALUE);
    factory.setProperty(WstxInputProperties.P_MAX_ATTRIBUTES_PER_ELEMENT, Integer.MAX_VALUE);
    factory.setProperty(WstxInputProperties.P_LAZY_PARSING, false);
    factory.setXMLResolver((_, _, _, _) -> {
      throw new XMLStreamException("nothing is fetched");
    });
    return factory;
  }

  XmlElements(
      InputStream in, XmlOptions options, Type type, Optional<Charset> told, Limits limits) {
    this.in = in;
    this.options = options;
    this.type = type;
    this.told = told;
    this.limits = limits;
  }

  /** The outermost element and all in it. */
  XmlNode whole() throws IOException {
    try {
      XMLStreamReader from = open();
      XmlNode node = element(from, 0);
      end(from);
      return node;
    } catch (XMLStreamException e) {
      throw wrong(e);
    }
  }

  @Override
  public Optional<Value> next() throws IOException {
    try {
      XMLStreamReader from = reader == null ? open() : reader;
      if (isEnded) {
        return Optional.empty();
      }
      from().allow(limits.recordMax());
      while (true) {
        switch (from.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            return Optional.of(XmlValues.value(options, type, element(from, 1)));
          }
          case XMLStreamConstants.END_ELEMENT -> {
            end(from);
            isEnded = true;
            return Optional.empty();
          }
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
            if (!from.isWhiteSpace()) {
              throw Faults.malformed("there is text between records", here(from));
            }
          }
          default -> checkEvent(from);
        }
      }
    } catch (XMLStreamException e) {
      throw wrong(e);
    }
  }

  private TextReader from() {
    if (text == null) {
      throw new IllegalStateException("not open");
    }
    return text;
  }

  /** Up to the start of the outermost element. */
  private XMLStreamReader open() throws IOException, XMLStreamException {
    var prolog = XmlProlog.of(in, told);
    text = new TextReader(prolog.in(), prolog.charset());
    text.allow(limits.recordMax());
    XMLStreamReader from = FACTORY.createXMLStreamReader(text);
    reader = from;
    if (from.getVersion() != null && !from.getVersion().equals("1.0")) {
      throw Faults.malformed("only XML 1.0 is read here", Place.of(0));
    }
    while (from.next() != XMLStreamConstants.START_ELEMENT) {
      checkEvent(from);
    }
    if (options.root().isPresent() && !options.root().get().equals(from.getLocalName())) {
      throw Faults.malformed(
          "the outermost element is not `" + options.root().get() + "`", here(from));
    }
    return from;
  }

  private void end(XMLStreamReader from) throws XMLStreamException {
    while (from.hasNext()) {
      if (from.next() != XMLStreamConstants.END_DOCUMENT) {
        checkEvent(from);
      }
    }
  }

  private void checkEvent(XMLStreamReader from) {
    switch (from.getEventType()) {
      case XMLStreamConstants.DTD ->
          throw Faults.malformed("a document type is not allowed", here(from));
      case XMLStreamConstants.ENTITY_REFERENCE ->
          throw Faults.malformed("an entity is not known", here(from));
      default -> {}
    }
  }

  private XmlNode element(XMLStreamReader from, int depth) throws XMLStreamException {
    if (depth > limits.depthMax()) {
      throw Faults.tooLarge(
          "the body is nested deeper than " + limits.depthMax() + " levels", here(from));
    }
    String name = from.getLocalName();
    var attributes = new LinkedHashMap<String, String>();
    boolean isNil = attributes(from, attributes);
    var children = new ArrayList<XmlNode>();
    var own = new StringBuilder();
    while (true) {
      switch (from.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (children.size() == limits.itemsMax()) {
            throw Faults.tooLarge(
                "an element holds more than " + limits.itemsMax() + " others", here(from));
          }
          children.add(element(from, depth + 1));
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            own.append(from.getTextCharacters(), from.getTextStart(), from.getTextLength());
        case XMLStreamConstants.END_ELEMENT -> {
          return XmlNode.of(name, attributes, children, own.toString(), isNil);
        }
        default -> checkEvent(from);
      }
    }
  }

  /** Takes them, and answers whether one of them says that the element is null. */
  private boolean attributes(XMLStreamReader from, LinkedHashMap<String, String> attributes) {
    boolean isNil = false;
    int count = from.getAttributeCount();
    if (count > limits.fieldsMax()) {
      throw Faults.tooLarge(
          "an element has more than " + limits.fieldsMax() + " attributes", here(from));
    }
    for (int i = 0; i < count; i++) {
      String namespace = from.getAttributeNamespace(i);
      String name = from.getAttributeLocalName(i);
      String value = from.getAttributeValue(i);
      if (SCHEMA_INSTANCE.equals(namespace)) {
        isNil |= name.equals("nil") && (value.strip().equals("true") || value.strip().equals("1"));
      } else if (!XML.equals(namespace) && attributes.put(name, value) != null) {
        throw Faults.malformed("an element has two attributes of one name", here(from));
      }
    }
    return isNil;
  }

  @Override
  public long position() {
    return reader == null ? 0 : here(reader).position();
  }

  private Place here(XMLStreamReader from) {
    return place(from.getLocation());
  }

  private Place place(@Nullable Location at) {
    return at == null || text == null
        ? Place.of(0)
        : new Place(
            text.byteOfChar(at.getCharacterOffset()), at.getLineNumber(), at.getColumnNumber());
  }

  private FaultException wrong(XMLStreamException e) throws IOException {
    if (e.getNestedException() instanceof IOException io) {
      throw io;
    }
    return Faults.malformed("this is not XML", place(e.getLocation()));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
