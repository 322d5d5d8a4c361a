package io.unikernal.adapter.http;

import java.util.Locale;

/** What content types mean here: JSON or not. */
final class MediaTypes {
  static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";

  private MediaTypes() {}

  /** Whether a `content-type` is JSON, in UTF-8 as far as it says. */
  static boolean isJson(String contentType) {
    if (contentType.equals(JSON)) {
      return true;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    String type = parts[0].strip();
    if (!type.equals(JSON) && !(type.startsWith("application/") && type.endsWith("+json"))) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("charset=")) {
        String charset = parameter.substring(8).replace("\"", "");
        if (!charset.equals("utf-8") && !charset.equals("utf8") && !charset.equals("us-ascii")) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether an `accept` header lets JSON through. The most exact range decides. */
  static boolean acceptsJson(String accept) {
    if (accept.equals("*/*") || accept.equals(JSON) || accept.isBlank()) {
      return true;
    }
    int best = 0;
    boolean isAccepted = false;
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      int rank =
          switch (parts[0].strip()) {
            case JSON -> 3;
            case "application/*", "application/*+json" -> 2;
            case "*/*" -> 1;
            default -> 0;
          };
      if (rank > best) {
        best = rank;
        isAccepted = quality(parts) > 0;
      }
    }
    return isAccepted;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException _) {
          return 0;
        }
      }
    }
    return 1;
  }
}
