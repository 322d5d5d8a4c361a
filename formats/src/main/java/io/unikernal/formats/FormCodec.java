package io.unikernal.formats;

import io.unikernal.formats.Faults.Place;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Pairs of percent-encoded names and values. The JDK's decoder replaces what it cannot read. */
enum FormCodec implements Codec {
  INSTANCE;

  @Override
  public Value read(byte[] bytes, Reading reading) {
    var given = new LinkedHashMap<String, List<String>>();
    int pairs = 0;
    for (int start = 0; start < bytes.length; ) {
      int end = indexOf(bytes, '&', start, bytes.length);
      if (end > start) {
        if (++pairs > reading.limits().fieldsMax()) {
          throw Faults.tooLarge(
              "the form has more than " + reading.limits().fieldsMax() + " values",
              Place.of(start));
        }
        int equals = indexOf(bytes, '=', start, end);
        String name = decoded(bytes, start, equals);
        String value = equals == end ? "" : decoded(bytes, equals + 1, end);
        given.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
    if (given.isEmpty() && reading.type().isMaybe()) {
      return Value.Absent.ABSENT;
    }
    return Sequences.fit(value(reading.type().core(), given), reading);
  }

  private static int indexOf(byte[] bytes, char sign, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == sign) {
        return i;
      }
    }
    return to;
  }

  private static String decoded(byte[] bytes, int from, int to) {
    var plain = ByteBuffer.allocate(to - from);
    for (int i = from; i < to; i++) {
      byte sign = bytes[i];
      if (sign == '%') {
        int high = i + 2 < to ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 < to ? Character.digit(bytes[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw Faults.malformed("expected two hexadecimal digits after `%`", Place.of(i));
        }
        plain.put((byte) (high << 4 | low));
        i += 2;
      } else if (sign <= ' ') {
        throw Faults.malformed("a character that a form must encode stands plain", Place.of(i));
      } else {
        plain.put(sign == '+' ? (byte) ' ' : sign);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(plain.flip()).toString();
    } catch (CharacterCodingException _) {
      throw Faults.malformed("this is not text in utf-8", Place.of(from));
    }
  }

  private static Value value(Type core, Map<String, List<String>> given) {
    var fields = new LinkedHashMap<String, Value>();
    given.forEach((name, texts) -> {
      Type type = type(core, name);
      if (Texts.isList(type.core())) {
        Type element = Texts.element(type);
        fields.put(
            name, new Value.Items(texts.stream().map(it -> Texts.read(element, it)).toList()));
      } else if (texts.size() == 1) {
        fields.put(name, Texts.read(type, texts.getFirst()));
      } else {
        fields.put(name, new Value.Items(texts.stream().map(Value::text).toList()));
      }
    });
    if (core instanceof Type.Record record) {
      // A name that does not come is a list without items.
      record.fields().stream()
          .filter(field -> field.isRequired() && Texts.isList(field.type().core()))
          .forEach(field -> fields.putIfAbsent(field.name(), Value.Items.EMPTY));
    }
    return new Value.Dict(fields);
  }

  private static Type type(Type core, String name) {
    return Texts.typeOf(core, name, Texts::fieldType);
  }

  @Override
  public byte[] write(Value value, Type type) {
    if (!Texts.isRecord(value) && !Texts.isNothing(value)) {
      throw Faults.invalid("a form holds a record, and this is none");
    }
    var text = new StringBuilder();
    SequencedMap<String, Value> fields = Texts.fields(value);
    fields.forEach((name, one) -> {
      List<Value> all = one instanceof Value.Items(var items) ? items : List.of(one);
      for (Value item : all) {
        if (!Texts.isNothing(item)) {
          text.append(text.isEmpty() ? "" : "&").append(encoded(name)).append('=');
          text.append(encoded(Texts.of(item)));
        } else if (one instanceof Value.Items) {
          throw Faults.invalid("a form cannot hold a list with nothing in it");
        }
      }
    });
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String encoded(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw Faults.invalid("a text with half a pair of surrogates cannot be written");
    }
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
