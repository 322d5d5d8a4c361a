package io.unikernal.adapter.http;

import io.vertx.core.MultiMap;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's headers as a map of lower-case names, without copying them until somebody asks for
 * all. What stands twice is joined, as RFC 9110 says.
 */
final class HeaderView extends AbstractMap<String, String> implements SequencedMap<String, String> {
  private final MultiMap headers;
  private @Nullable SequencedMap<String, String> copy;

  HeaderView(MultiMap headers) {
    this.headers = headers;
  }

  Optional<String> find(String name) {
    String first = headers.get(name);
    if (first == null) {
      return Optional.empty();
    }
    List<String> all = headers.getAll(name);
    return Optional.of(all.size() == 1 ? first : String.join(separator(name), all));
  }

  @Override
  public @Nullable String get(@Nullable Object name) {
    return name instanceof String text ? find(text).orElse(null) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name instanceof String text && headers.contains(text);
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return all().entrySet();
  }

  @Override
  public SequencedMap<String, String> reversed() {
    return all().reversed();
  }

  /** Two threads may both copy; the copies are equal. */
  private SequencedMap<String, String> all() {
    var known = copy;
    if (known == null) {
      var map = new LinkedHashMap<String, String>();
      for (Map.Entry<String, String> header : headers) {
        String name = header.getKey().toLowerCase(Locale.ROOT);
        map.merge(name, header.getValue(), (before, more) -> before + separator(name) + more);
      }
      known = Collections.unmodifiableSequencedMap(map);
      copy = known;
    }
    return known;
  }

  private static String separator(String name) {
    return name.equals("cookie") ? "; " : ", ";
  }
}
