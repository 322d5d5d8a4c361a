package io.unikernal.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CelConformanceTest {
  @Test
  void dump() throws IOException {
    Optional<Path> folder = CelSpec.folder();
    assumeTrue(folder.isPresent(), "data: no cel-spec among the shared data");
    Map<String, String> strict = new TreeMap<>();
    Map<String, String> udl = new TreeMap<>();
    var out = new StringBuilder();
    int n = 0;
    for (String file : CelSpec.files(folder.get())) {
      int c = 0, s = 0, u = 0;
      for (var one : CelSpec.cases(folder.get(), file)) {
        n++; c++;
        String a = CelSpec.strictly(one, new Interpreter());
        String b = CelSpec.asUdl(one);
        if (a.isEmpty()) s++; else strict.put(one.name(), one.expression() + " -> " + a);
        if (b.isEmpty()) u++; else if (a.isEmpty()) udl.put(one.name(), one.expression() + " -> " + b);
      }
      out.append("%s %d %d %d%n".formatted(file, c, s, u));
    }
    out.append("TOTAL %d, fail %d\n== strict\n".formatted(n, strict.size()));
    strict.forEach((k, v) -> out.append(k + " :: " + v.replace("\n", "\\n") + "\n"));
    out.append("== udl\n");
    udl.forEach((k, v) -> out.append(k + " :: " + v.replace("\n", "\\n") + "\n"));
    Files.writeString(Path.of("target/cel-conformance.txt"), out);
    assertThat(n).isPositive();
  }
}
