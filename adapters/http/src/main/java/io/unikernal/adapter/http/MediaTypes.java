package io.unikernal.adapter.http;

/** Content types that are not a matter of choice. */
final class MediaTypes {
  static final String PROBLEM = "application/problem+json";

  private MediaTypes() {}
}
