package io.unikernal.udl;

import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Field;
import io.unikernal.udl.Node.Entry;
import io.unikernal.udl.Node.Mapping;
import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.Node.Style;
import io.unikernal.udl.PolicyReader.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code defaults:} says, of all files together. */
final class Defaults {
  private final Map<String, Entry> keys = new LinkedHashMap<>();
  private final Map<String, Entry> systems = new LinkedHashMap<>();

  void add(Node node, Diagnostics diagnostics) {
    Optional<Mapping> mapping = Grammar.DEFAULTS.read(node, diagnostics);
    for (Entry entry : mapping.map(Mapping::entries).orElse(List.of())) {
      if (entry.name().equals("systems")) {
        Vocabulary.mapping(entry.value(), "`systems`", diagnostics)
            .ifPresent(found ->
                found.entries().forEach(type -> put(systems, type, "systems", diagnostics)));
      } else {
        put(keys, entry, "defaults", diagnostics);
      }
    }
  }

  private static void put(
      Map<String, Entry> into, Entry entry, String what, Diagnostics diagnostics) {
    Entry first = into.putIfAbsent(entry.name(), entry);
    if (first != null) {
      diagnostics
          .error(
              Code.DUPLICATE_NAME,
              entry.key().place(),
              "`" + what + "` says `" + entry.name() + "` already")
          .label("the first is in " + first.key().place());
    }
  }

  /** All that is written. */
  List<Map<String, Entry>> written() {
    return List.of(keys, systems);
  }

  Optional<Entry> find(String key) {
    return Optional.ofNullable(keys.get(key));
  }

  /** The policies of every route and call; `validate: strict` is one of them. */
  List<Written> policies(PolicyTable table) {
    var policies = new ArrayList<Written>();
    find("policy").ifPresent(entry -> policies.addAll(table.read(entry.value())));
    find("validate")
        .ifPresent(
            entry -> policies.addAll(table.read(shortForm(entry, "validate", PolicyKind.MODE))));
    return policies;
  }

  /** {@code validate: strict} as the policy that it stands for. */
  private static Mapping shortForm(Entry entry, String type, Field<?> option) {
    Place place = entry.key().place();
    var name = new Scalar(place, "type", Style.PLAIN, Optional.empty());
    var kind = new Scalar(place, type, Style.PLAIN, Optional.empty());
    var key = new Scalar(place, option.name(), Style.PLAIN, Optional.empty());
    return new Mapping(place, List.of(new Entry(name, kind), new Entry(key, entry.value())), true);
  }

  /** The options of all systems of a type; the first name is the one that the adapter has. */
  List<Entry> systems() {
    return List.copyOf(systems.values());
  }

  /** A system with the options that it does not write itself. */
  Mapping complete(Mapping own, List<String> types, ConfigSpec spec) {
    var entries = new ArrayList<>(own.entries());
    for (String type : types) {
      Optional.ofNullable(systems.get(type))
          .map(Entry::value)
          .filter(Mapping.class::isInstance)
          .map(Mapping.class::cast)
          .ifPresent(found ->
              found.entries().stream()
                  .filter(entry -> isNew(entry, entries, spec))
                  .forEach(entries::add));
    }
    return new Mapping(own.place(), List.copyOf(entries), own.isFlow());
  }

  private static boolean isNew(Entry entry, List<Entry> entries, ConfigSpec spec) {
    Optional<Field<?>> option = OptionReader.field(spec, entry.name());
    return option.isPresent()
        && entries.stream()
            .noneMatch(other -> OptionReader.field(spec, other.name()).equals(option));
  }
}
