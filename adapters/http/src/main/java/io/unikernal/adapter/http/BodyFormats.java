package io.unikernal.adapter.http;

import io.unikernal.model.Config;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import io.unikernal.spi.Formats;
import io.unikernal.spi.MediaType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The formats of one operation: which of them its request may be in, and which its answer. Each is
 * offered only where it can hold what is sent so.
 */
record BodyFormats(Type bodyType, Type answerType, List<Offer> requests, List<Offer> answers) {

  private static final String LINES = "ndjson";

  /** A format as this operation writes it. */
  record Offer(Format format, Codec codec) {
    String name() {
      return format.spec().name();
    }

    boolean holds(Type type) {
      return format.refusal(type).isEmpty() && codec.refusal(type).isEmpty();
    }

    /** For people: {@code XML}. */
    String title() {
      return name().toUpperCase(Locale.ROOT);
    }
  }

  /** A format that was chosen, and what its bytes are called or say they are. */
  record Chosen(Offer offer, String mediaType, Optional<Charset> charset) {
    String contentType() {
      return mediaType
          + offer
              .codec()
              .charset()
              .map(it -> "; charset=" + it.name().toLowerCase(Locale.ROOT))
              .orElse("");
    }

    /** Whether any of its bytes may be a value. */
    boolean isBinary() {
      return offer.name().equals("cbor");
    }

    byte[] write(Value value, Type type) {
      return offer.codec().write(value, type);
    }
  }

  static BodyFormats of(Config operation, Config system) {
    Type body = operation.find(HttpAdapter.BODY).orElse(Type.Simple.ANY);
    Type answer = operation.find(HttpAdapter.RETURNS).orElse(Type.Simple.ANY);
    var offers = offers(names(operation, system), operation, system);
    // Lines are how one sends a stream, whether somebody named them or not.
    var requests =
        body.core() instanceof Type.StreamOf && Formats.installed().find(LINES).isPresent()
            ? offers(withLines(names(operation, system)), operation, system)
            : offers;
    return new BodyFormats(body, answer, holding(requests, body), holding(offers, answer));
  }

  private static List<String> withLines(List<String> names) {
    return Stream.concat(names.stream(), Stream.of(LINES)).distinct().toList();
  }

  private static List<Offer> offers(List<String> names, Config operation, Config system) {
    return names.stream()
        .map(Formats.installed()::get)
        .map(format -> new Offer(format, Formats.installed().codec(format, operation, system)))
        .toList();
  }

  /** What the operation names, else what its system names, else JSON. */
  static List<String> names(Config operation, Config system) {
    return operation
        .find(HttpAdapter.FORMATS)
        .or(() -> system.find(HttpAdapter.FORMATS))
        .filter(names -> !names.isEmpty())
        .orElse(List.of(Formats.JSON));
  }

  /** JSON holds everything, so it stands in where none of those that are named holds the type. */
  private static List<Offer> holding(List<Offer> offers, Type type) {
    var holding = offers.stream().filter(it -> it.holds(type)).toList();
    if (!holding.isEmpty()) {
      return holding;
    }
    Format json = Formats.installed().get(Formats.JSON);
    return List.of(new Offer(json, json.codec(Config.EMPTY)));
  }

  /** The format that a content type names, if it is one of these. */
  private static Optional<Chosen> named(List<Offer> offers, String contentType) {
    Offer first = offers.getFirst();
    if (contentType.equals(first.format().spec().mediaType())) {
      return Optional.of(new Chosen(first, contentType, Optional.empty()));
    }
    MediaType type = MediaType.parse(contentType);
    Optional<Charset> charset = type.charset();
    return offers.stream()
        .filter(it -> type.is(it.format()) && !type.hasUnknownCharset())
        .filter(it -> !isJson(it) || charset.map(BodyFormats::isUtf8).orElse(true))
        .findFirst()
        .map(it -> new Chosen(it, type.name(), charset));
  }

  private static boolean isJson(Offer offer) {
    return offer.name().equals(Formats.JSON);
  }

  private static boolean isUtf8(Charset charset) {
    return charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII);
  }

  /** What a request's body is in. */
  Optional<Chosen> request(String contentType) {
    return named(requests, contentType);
  }

  /** What another server's answer is in. */
  Optional<Chosen> answered(String contentType) {
    return contentType.isEmpty() ? Optional.of(plain(answers)) : named(answers, contentType);
  }

  /** What a body is sent in where nothing else is said. */
  Chosen request() {
    return plain(requests);
  }

  private static Chosen plain(List<Offer> offers) {
    Offer first = offers.getFirst();
    return new Chosen(first, first.format().spec().mediaType(), Optional.empty());
  }

  /**
   * What the answer is in: what `accept` wants most; of what it wants equally, what the caller
   * itself sent, then the first that the definition names. Empty if it excludes all.
   *
   * @param accept may be empty
   * @param sent what the request's body is in
   */
  Optional<Chosen> answer(String accept, Optional<Chosen> sent) {
    return Negotiation.choose(answers, accept, sent.map(Chosen::offer).map(Offer::name));
  }

  /** What a caller of another server sends as `accept`: all of them, the first rather. */
  String accept() {
    if (answers.size() == 1) {
      return answers.getFirst().format().spec().mediaType();
    }
    var text = new StringBuilder();
    for (int i = 0; i < answers.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(answers.get(i).format().spec().mediaType());
      if (i > 0) {
        text.append(";q=0.").append(Math.max(1, 10 - i));
      }
    }
    return text.toString();
  }

  static String titles(List<Offer> offers) {
    return offers.stream().map(Offer::title).collect(Collectors.joining(" or "));
  }

  static String mediaTypes(List<Offer> offers) {
    return offers.stream()
        .map(it -> "`content-type: " + it.format().spec().mediaType() + "`")
        .collect(Collectors.joining(" or "));
  }
}
