package io.unikernal.udl;

import java.nio.file.Path;

/** Prints what the compiler says of a definition: for working on it. */
final class Show {
  private Show() {}

  public static void main(String... files) throws InterruptedException {
    for (String file : files) {
      System.out.println(Golden.outcome(Path.of(file)));
    }
  }
}
