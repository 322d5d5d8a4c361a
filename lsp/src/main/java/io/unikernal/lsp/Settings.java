package io.unikernal.lsp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/**
 * What a user may choose.
 *
 * @param describeOnSave workers are asked for their functions when a file is saved: this runs user
 *     code
 * @param definition the file or folder that is the definition, from the workspace's folder; empty
 *     to find it by the file
 * @param debounceMs how long the text must stay as it is before it is checked
 */
record Settings(boolean describeOnSave, String definition, int debounceMs) {
  private static final int DEBOUNCE_MS = 150;
  private static final int DEBOUNCE_MS_MAX = 10_000;
  static final Settings DEFAULT = new Settings(false, "", DEBOUNCE_MS);

  /** From {@code initializationOptions}, or what {@code didChangeConfiguration} brings. */
  static Settings of(Object json) {
    if (!(json instanceof JsonObject object)) {
      return DEFAULT;
    }
    JsonObject own = object.get("unikernal") instanceof JsonObject section ? section : object;
    return new Settings(
        find(own, "describeOnSave").map(JsonElement::getAsBoolean).orElse(false),
        find(own, "definition").map(JsonElement::getAsString).orElse(""),
        Math.clamp(
            find(own, "debounceMs").map(JsonElement::getAsInt).orElse(DEBOUNCE_MS),
            0,
            DEBOUNCE_MS_MAX));
  }

  private static Optional<JsonElement> find(JsonObject object, String name) {
    return Optional.ofNullable(object.get(name)).filter(JsonElement::isJsonPrimitive);
  }
}
