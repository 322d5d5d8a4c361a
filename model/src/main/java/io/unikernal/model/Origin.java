package io.unikernal.model;

/** The place in a definition that something comes from; line and column count from 1. */
public record Origin(String file, int line, int column) {
  public static final Origin NONE = new Origin("", 0, 0);

  @Override
  public String toString() {
    return file.isEmpty() ? "-" : file + ":" + line;
  }
}
