package io.unikernal.security;

/** What headers say. */
final class Headers {
  static final String AUTHORIZATION = "authorization";
  private static final int SHOWN_MAX = 100;

  private Headers() {}

  /** The credential itself: in {@code authorization} it stands after a scheme. */
  static String credential(String header, String text, String scheme) {
    String plain = text.strip();
    return header.equals(AUTHORIZATION) && hasScheme(plain, scheme)
        ? plain.substring(scheme.length() + 1).strip()
        : header.equals(AUTHORIZATION) && hasScheme(plain, "Bearer")
            ? plain.substring("Bearer ".length()).strip()
            : plain;
  }

  static boolean hasScheme(String text, String scheme) {
    return text.length() > scheme.length()
        && text.regionMatches(true, 0, scheme, 0, scheme.length())
        && text.charAt(scheme.length()) == ' ';
  }

  /** What a stranger wrote, for the audit: short, and on one line. */
  static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return "`" + (plain.length() > SHOWN_MAX ? plain.substring(0, SHOWN_MAX) + "…" : plain) + "`";
  }
}
