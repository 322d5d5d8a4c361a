package io.unikernal.importers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.unikernal.model.Texts;
import io.unikernal.model.Value;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Reads JSON into a {@link Tree}: bounded in depth and number of nodes, no key twice. */
final class TreeReader {
  static final int DEPTH_MAX = 200;
  static final int NODES_MAX = 4_000_000;
  private static final int NUMBER_LENGTH_MAX = 400;
  private static final BigInteger UINT_MAX = new BigInteger("18446744073709551615");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxStringLength((int) SourceFile.SIZE_MAX)
                  .build())
          .build();

  private final SourceFile file;
  private int nodes;

  private TreeReader(SourceFile file) {
    this.file = file;
  }

  /** JSON where it looks like it, else YAML. */
  static Tree read(SourceFile file) {
    return looksLikeJson(file.text()) ? json(file) : YamlTreeReader.read(file);
  }

  static boolean looksLikeJson(String text) {
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[") || start.startsWith("\"");
  }

  static Tree json(SourceFile file) {
    var reader = new TreeReader(file);
    try (JsonParser parser = JSON.createParser(file.text())) {
      if (parser.nextToken() == null) {
        throw RefusedException.of(file, "the file is empty", "");
      }
      Tree root = reader.node(parser);
      if (parser.nextToken() != null) {
        throw RefusedException.at(
            file, place(parser.currentTokenLocation()), "something stands after the document", "");
      }
      return root;
    } catch (StreamConstraintsException _) {
      throw RefusedException.of(
          file,
          "the document is nested deeper than " + DEPTH_MAX + " levels, or a number is huge",
          "");
    } catch (com.fasterxml.jackson.core.JacksonException wrong) {
      JsonLocation at = wrong.getLocation();
      throw RefusedException.at(
          file,
          at == null ? Tree.Place.NONE : place(at),
          "this is not JSON: " + message(wrong),
          "");
    } catch (IOException _) {
      throw RefusedException.of(file, "the file cannot be read", "");
    }
  }

  private static String message(com.fasterxml.jackson.core.JacksonException wrong) {
    String message = String.valueOf(wrong.getOriginalMessage());
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    int source = line.indexOf(" (for ");
    return source < 0 ? line : line.substring(0, source);
  }

  private static Tree.Place place(JsonLocation at) {
    return new Tree.Place(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
  }

  private Tree node(JsonParser parser) throws IOException {
    if (++nodes > NODES_MAX) {
      throw RefusedException.of(file, "the document has over " + NODES_MAX + " parts", "");
    }
    Tree.Place place = place(parser.currentTokenLocation());
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var fields = new LinkedHashMap<String, Tree>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, node(parser));
        }
        yield new Tree.Obj(fields, place);
      }
      case START_ARRAY -> {
        var items = new ArrayList<Tree>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(node(parser));
        }
        yield new Tree.Arr(items, place);
      }
      case VALUE_STRING -> new Tree.Leaf(Value.text(parser.getText()), place);
      case VALUE_TRUE -> new Tree.Leaf(Value.Bool.TRUE, place);
      case VALUE_FALSE -> new Tree.Leaf(Value.Bool.FALSE, place);
      case VALUE_NULL -> new Tree.Leaf(Value.Null.NULL, place);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          new Tree.Leaf(number(parser.getText(), place), place);
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw RefusedException.at(file, place, "this is not JSON", "");
    };
  }

  private Value number(String text, Tree.Place place) {
    return number(text)
        .orElseThrow(() -> RefusedException.at(file, place, "this number is out of range", ""));
  }

  /** Exact: a whole number of 64 bits, else a decimal; empty if it has too many digits to keep. */
  static Optional<Value> number(String text) {
    Optional<BigDecimal> exact = Texts.decimal(text);
    boolean isWhole = text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
    if (exact.isEmpty() || !isWhole) {
      return exact.map(Value.Decimal::new);
    }
    BigInteger whole = exact.get().toBigInteger();
    if (whole.bitLength() < Long.SIZE) {
      return Optional.of(new Value.Int(whole.longValue()));
    }
    return Optional.of(
        whole.signum() > 0 && whole.compareTo(UINT_MAX) <= 0
            ? new Value.UInt(whole.longValue())
            : new Value.Decimal(exact.get()));
  }
}
