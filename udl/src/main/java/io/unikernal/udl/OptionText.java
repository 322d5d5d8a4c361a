package io.unikernal.udl;

import io.unikernal.model.Config;
import io.unikernal.model.Field;
import io.unikernal.model.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values of options as a definition would hold them, and what of them may be shown. */
final class OptionText {
  static final String MASK = "***";

  private OptionText() {}

  /** For people: a secret is stars, and a path is as seen from {@code folder}. */
  static String shown(Field<?> field, Object value, Path folder) {
    if (field.kind() == Field.Kind.TEXT_MAP && value instanceof Map<?, ?> texts) {
      return texts.entrySet().stream()
          .map(entry -> {
            String text = String.valueOf(entry.getValue());
            boolean isHidden = isHidden(false, String.valueOf(entry.getKey()), text);
            return entry.getKey() + ": " + (isHidden ? MASK : text);
          })
          .collect(Collectors.joining(", ", "{ ", " }"));
    }
    String text = text(value, folder);
    return isHidden(field.isSecret(), field.name(), text) ? MASK : text;
  }

  /** Whether a value must not be shown: by what it is, by its name or by its look. */
  static boolean isHidden(boolean isSecret, String name, String text) {
    return isSecret || ClearText.isSuspect(name, text);
  }

  static String text(Object value, Path folder) {
    return switch (value) {
      case Duration time -> duration(time);
      case Long bytes -> size(bytes);
      case Path path -> path(path, folder);
      case Field.TypeOrSymbol.Typed(var type) -> type.toString();
      case Field.TypeOrSymbol.Symbol(var symbol) -> symbol;
      case Type type -> type.toString();
      case Config config ->
          config.values().entrySet().stream()
              .map(entry ->
                  entry.getKey().name()
                      + ": "
                      + (entry.getKey().isSecret() ? MASK : text(entry.getValue(), folder)))
              .collect(Collectors.joining(", ", "{ ", " }"));
      case List<?> list ->
          list.stream().map(item -> text(item, folder)).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + text(entry.getValue(), folder))
              .collect(Collectors.joining(", ", "{ ", " }"));
      default -> String.valueOf(value);
    };
  }

  private static String duration(Duration time) {
    String text = Quantities.text(time);
    return text.isEmpty() ? "0s" : text;
  }

  private static String size(long bytes) {
    for (var unit : List.of(Map.entry("GiB", 30), Map.entry("MiB", 20), Map.entry("KiB", 10))) {
      long base = 1L << unit.getValue();
      if (bytes >= base && bytes % base == 0) {
        return bytes / base + unit.getKey();
      }
    }
    return String.valueOf(bytes);
  }

  static String path(Path path, Path folder) {
    Path from = folder.toAbsolutePath().normalize();
    if (!path.isAbsolute() || !path.startsWith(from.getRoot())) {
      return path.toString();
    }
    String relative = from.relativize(path).toString().replace('\\', '/');
    return relative.isEmpty() ? "." : relative.startsWith("..") ? relative : "./" + relative;
  }
}
