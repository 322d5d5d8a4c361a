package io.unikernal.expr;

import org.junit.jupiter.api.Test;

class ProbeTest {
  @Test
  void probe() throws Exception {
    for (String text :
        java.nio.file.Files.readAllLines(java.nio.file.Path.of("/tmp/celx/probe.txt"))) {
      if (text.isBlank()) continue;
      System.out.println("> " + text);
      try {
        switch (text.startsWith("T ")
            ? Expressions.template(text.substring(2), Fixture.SCOPE)
            : Expressions.cel(text, Fixture.SCOPE)) {
          case Compiled.Good(var e) -> {
            System.out.println("    : " + e.type());
            try {
              System.out.println("    = " + e.evaluate(Fixture.frame(Fixture.order().build())));
            } catch (Exception x) {
              System.out.println("    ! " + x.getMessage());
            }
          }
          case Compiled.Bad(var ps) ->
              ps.forEach(p ->
                  System.out.println(
                      "    ? "
                          + p.kind()
                          + " ["
                          + text.substring(
                              (text.startsWith("T ") ? 2 : 0) + p.start(),
                              (text.startsWith("T ") ? 2 : 0) + p.end())
                          + "] "
                          + p.message()
                          + " | "
                          + p.hint()));
        }
      } catch (Throwable t) {
        t.printStackTrace(System.out);
      }
    }
  }
}
