package io.unikernal.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/** Pages about the language: its functions and its diagnostics. */
final class LanguageReference {
  private LanguageReference() {}

  static Map<String, String> pages() {
    return new LinkedHashMap<>();
  }
}
