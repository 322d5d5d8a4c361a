package io.unikernal.spi;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.model.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Every format by its name. Adapters choose among them by content type, by the end of a file's name
 * or by what a definition says, and offer their options as their own.
 */
public final class Formats {
  /** The name of the one that is always there. */
  public static final String JSON = "json";

  private final Map<String, Format> byName = new LinkedHashMap<>();
  private final Map<String, Field<Config>> options = new LinkedHashMap<>();

  private static final class Installed {
    static final Formats ALL = new Formats(ServiceLoader.load(Format.class, loader()).stream());

    private static ClassLoader loader() {
      return Formats.class.getClassLoader();
    }
  }

  private Formats(Stream<ServiceLoader.Provider<Format>> found) {
    add(new JsonFormat());
    found.map(ServiceLoader.Provider::get).forEach(this::add);
  }

  private void add(Format format) {
    Format.Spec spec = format.spec();
    if (byName.putIfAbsent(spec.name(), format) == null && !spec.options().fields().isEmpty()) {
      options.put(
          spec.name(),
          Field.options(
                  spec.name(),
                  "How `" + spec.name() + "` is written; its options: see the page on formats.",
                  spec.options())
              .optional());
    }
  }

  /** JSON, and those on the class path. */
  public static Formats installed() {
    return Installed.ALL;
  }

  public List<Format> all() {
    return List.copyOf(byName.values());
  }

  public String[] names() {
    return byName.keySet().toArray(String[]::new);
  }

  public Optional<Format> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Of names that the checker has accepted. */
  public Format get(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no format `" + name + "`"));
  }

  /** By the end of a file's name. */
  public Optional<Format> ofFile(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    return byName.values().stream()
        .filter(format ->
            format.spec().suffixes().stream().anyMatch(suffix -> lower.endsWith("." + suffix)))
        .findFirst();
  }

  /** What an adapter adds to its own options, so that a definition may say how formats look. */
  public ConfigSpec withOptions(Field<?>... own) {
    var fields = new ArrayList<Field<?>>(List.of(own));
    fields.addAll(options.values());
    return new ConfigSpec(fields);
  }

  /** The formats whose options a definition gives, by name. */
  public List<String> given(Config config) {
    return options.entrySet().stream()
        .filter(option -> config.has(option.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** A format as an operation says it is written, and where that says nothing, its system. */
  public Codec codec(Format format, Config operation, Config system) {
    Optional<Field<Config>> option = Optional.ofNullable(options.get(format.spec().name()));
    var values = new LinkedHashMap<Field<?>, Object>();
    option.flatMap(system::find).ifPresent(all -> values.putAll(all.values()));
    option.flatMap(operation::find).ifPresent(all -> values.putAll(all.values()));
    return format.codec(new Config(values));
  }

  /**
   * Why the format cannot be used so, for the checker: it does not hold the type, or its options do
   * not go together.
   */
  public Optional<OperationRule.Problem> problem(
      String field, Format format, Type type, Config operation, Config system) {
    Codec codec;
    try {
      codec = codec(format, operation, system);
    } catch (io.unikernal.model.FaultException e) {
      return Optional.of(
          new OperationRule.Problem(format.spec().name(), e.fault().message(), e.fault().hint()));
    }
    return format
        .refusal(type)
        .or(() -> codec.refusal(type))
        .map(why ->
            new OperationRule.Problem(
                field, "`" + format.spec().name() + "` cannot hold `" + type + "`: " + why, ""));
  }
}
