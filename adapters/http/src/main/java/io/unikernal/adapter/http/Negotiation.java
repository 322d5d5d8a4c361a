package io.unikernal.adapter.http;

import io.unikernal.adapter.http.BodyFormats.Chosen;
import io.unikernal.adapter.http.BodyFormats.Offer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Chooses among formats by an `accept` header, as RFC 9110 has it. */
final class Negotiation {
  private static final int RANGES_MAX = 64;

  private Negotiation() {}

  /**
   * A part of the header.
   *
   * @param exactness 3 for one media type, 2 for all of a kind, 1 for all
   */
  private record Range(String type, int exactness, double quality) {
    static Range of(String text) {
      String[] parts = text.split(";", -1);
      String type = parts[0].strip();
      int exactness = type.equals("*/*") ? 1 : type.contains("*") ? 2 : 3;
      return new Range(type, exactness, quality(parts));
    }

    private static double quality(String[] parts) {
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].strip();
        if (parameter.startsWith("q=")) {
          try {
            double quality = Double.parseDouble(parameter.substring(2));
            return quality >= 0 && quality <= 1 ? quality : 0;
          } catch (NumberFormatException _) {
            return 0;
          }
        }
      }
      return 1;
    }

    /** {@code mediaType} may be {@code +xml}, which only a range of such types is about. */
    boolean covers(String mediaType) {
      if (mediaType.startsWith("+")) {
        return type.equals("application/*" + mediaType);
      }
      return exactness == 1
          || type.equals(mediaType)
          || type.endsWith("/*") && mediaType.startsWith(type.substring(0, type.length() - 1));
    }
  }

  /** What a range says of a format, and the media type that it is about. */
  private record Wish(Offer offer, String mediaType, int exactness, double quality) {}

  /** {@code sent} is the name of the format that the caller itself uses. */
  static Optional<Chosen> choose(List<Offer> offers, String accept, Optional<String> sent) {
    if (accept.isBlank() || accept.equals("*/*")) {
      return Optional.of(plain(offers, sent));
    }
    List<Range> ranges = ranges(accept);
    Optional<Wish> best = Optional.empty();
    for (Offer offer : offers) {
      Optional<Wish> wish = wish(offer, ranges).filter(it -> it.quality() > 0);
      if (wish.isPresent() && (best.isEmpty() || isBetter(wish.get(), best.get(), sent))) {
        best = wish;
      }
    }
    return best.map(it -> new Chosen(it.offer(), it.mediaType(), Optional.empty()));
  }

  /** Of these media types the one that {@code accept} wants most, of several the first. */
  static Optional<String> best(List<String> mediaTypes, String accept) {
    if (accept.isBlank()) {
      return Optional.of(mediaTypes.getFirst());
    }
    List<Range> ranges = ranges(accept);
    Optional<String> best = Optional.empty();
    double most = 0;
    for (String mediaType : mediaTypes) {
      double quality =
          ranges.stream()
              .filter(range -> range.covers(mediaType))
              .max(Comparator.comparingInt(Range::exactness))
              .map(Range::quality)
              .orElse(0.0);
      if (quality > most) {
        most = quality;
        best = Optional.of(mediaType);
      }
    }
    return best;
  }

  private static Chosen plain(List<Offer> offers, Optional<String> sent) {
    Offer offer =
        offers.stream()
            .filter(it -> isOwn(it, sent))
            .findFirst()
            .orElseGet(() ->
                offers.stream()
                    .filter(it -> it.format().spec().isForAnswers())
                    .findFirst()
                    .orElse(offers.getFirst()));
    return new Chosen(offer, offer.format().spec().mediaType(), Optional.empty());
  }

  /** A caller that sends a form does not want one back. */
  private static boolean isOwn(Offer offer, Optional<String> sent) {
    return sent.equals(Optional.of(offer.name())) && offer.format().spec().isForAnswers();
  }

  private static List<Range> ranges(String accept) {
    var ranges = new ArrayList<Range>();
    for (String text : accept.toLowerCase(Locale.ROOT).split(",", RANGES_MAX)) {
      ranges.add(Range.of(text));
    }
    return ranges;
  }

  /**
   * Of each media type the most exact range decides, of a format its best media type. A range of
   * many is about what the format is sent as, not about its other names.
   */
  private static Optional<Wish> wish(Offer offer, List<Range> ranges) {
    Optional<Wish> best = Optional.empty();
    for (String mediaType : offer.format().spec().mediaTypes()) {
      boolean isOther =
          !mediaType.startsWith("+") && !mediaType.equals(offer.format().spec().mediaType());
      Optional<Range> range =
          ranges.stream()
              .filter(it -> it.covers(mediaType) && (it.exactness() == 3 || !isOther))
              .max(Comparator.comparingInt(Range::exactness));
      if (range.isEmpty()) {
        continue;
      }
      String as = mediaType.startsWith("+") ? offer.format().spec().mediaType() : mediaType;
      var wish = new Wish(offer, as, range.get().exactness(), range.get().quality());
      if (best.isEmpty() || compare(wish, best.get()) > 0) {
        best = Optional.of(wish);
      }
    }
    // A form is for answers only where it is asked for by name.
    return best.filter(it -> offer.format().spec().isForAnswers() || it.exactness() == 3);
  }

  private static int compare(Wish one, Wish other) {
    int byQuality = Double.compare(one.quality(), other.quality());
    return byQuality != 0 ? byQuality : Integer.compare(one.exactness(), other.exactness());
  }

  private static boolean isBetter(Wish one, Wish best, Optional<String> sent) {
    int order = compare(one, best);
    return order > 0 || order == 0 && isOwn(one.offer(), sent) && !isOwn(best.offer(), sent);
  }
}
