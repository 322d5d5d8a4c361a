package io.unikernal.expr;

import static io.unikernal.expr.Fixture.cel;
import static org.assertj.core.api.Assertions.assertThat;

import io.unikernal.model.Expression;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import java.io.IOException;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reloads: what is not used any more goes, with its classes. The figures are in target. */
class DeploymentTest {
  private static final boolean LONG = Boolean.getBoolean("unikernal.long");
  private static final int EXPRESSIONS = LONG ? 10_000 : 1_000;
  private static final int RELOADS = LONG ? 20 : 6;
  private static final int GROUP = 50;
  private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();

  /** Each with a number of its own; made without the front end, which is not what is tested. */
  private static List<List<Expression>> expressions(List<Expression> seeds) {
    var groups = new ArrayList<List<Expression>>();
    for (int i = 0; i < EXPRESSIONS; i++) {
      if (i % GROUP == 0) {
        groups.add(new ArrayList<>());
      }
      var seed = (IrExpression) seeds.get(i % seeds.size());
      var number = new Ir.Constant(Value.integer(i), Type.Int.ANY_INT, Span.NONE);
      var root =
          new Ir.Comparison(
              Ir.Operator.EQUAL, seed.root(), number, Type.Simple.BOOL, new Span(0, 1));
      groups.getLast().add(IrExpression.of(root, seed.locals(), seed.text()));
    }
    return groups;
  }

  private static long metaspace() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Metaspace"))
        .mapToLong((MemoryPoolMXBean pool) -> pool.getUsage().getUsed())
        .sum();
  }

  private record Reload(long nanos, long bytes, long metaspace, int loaded) {}

  private static Reload reload(List<Expression> seeds) {
    var groups = expressions(seeds);
    long start = System.nanoTime();
    long bytes = 0;
    for (var group : groups) {
      var report = Deployment.compile(group);
      assertThat(report.compiled()).isEqualTo(GROUP);
      bytes += report.bytes();
    }
    long nanos = System.nanoTime() - start;
    var frame = Fixture.frame(Fixture.order().build());
    groups.forEach(group -> group.forEach(one -> assertThat(one.evaluate(frame)).isNotNull()));
    return new Reload(nanos, bytes, metaspace(), CLASSES.getLoadedClassCount());
  }

  @Test
  void reloadingAllExpressionsAgainAndAgainKeepsNoClasses() throws IOException {
    var seeds =
        List.of(
            cel("input.count + 2"),
            cel("size(input.items.filter(i, i.qty > 1))"),
            cel("input.total * 2"),
            cel("input.customer + 'x'"),
            cel("(input.count > 2 || 1 / input.count > 0) ? input.weight : 2.5"));
    var reloads = new ArrayList<Reload>();
    for (int i = 0; i < RELOADS; i++) {
      reloads.add(reload(seeds));
    }
    var report = new StringBuilder();
    for (Reload one : reloads) {
      report.append(
          "%d expressions: %.3f ms each, %d bytes of classes, metaspace %d, classes loaded %d%n"
              .formatted(
                  EXPRESSIONS,
                  one.nanos() / 1e6 / EXPRESSIONS,
                  one.bytes(),
                  one.metaspace(),
                  one.loaded()));
    }
    Files.writeString(
        Files.createDirectories(Path.of("target")).resolve("deployment.txt"), report.toString());
    // What the first reloads load of the JDK stays; a whole deployment may wait for its collection.
    Reload early = reloads.get(2);
    Reload last = reloads.getLast();
    int oneDeployment = EXPRESSIONS / GROUP;
    assertThat(last.loaded()).as(report.toString()).isLessThan(early.loaded() + oneDeployment * 2);
    assertThat(last.metaspace())
        .as(report.toString())
        .isLessThan(early.metaspace() + 2 * last.bytes());
  }
}
