package io.unikernal.verify;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * What the rules ask about a Java file, read off its syntax tree: comments and strings do not
 * count.
 */
record JavaSource(List<Use> uses, List<Method> methods) {
  /**
   * A name with a dot, a constructor call or the word {@code synchronized}: {@code Thread.sleep},
   * {@code new Random}.
   */
  record Use(String what, long line) {}

  record Method(String name, long line, long lines) {}

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  static JavaSource parse(String text) {
    var file =
        new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    var task =
        (JavacTask)
            COMPILER.getTask(null, null, problem -> {}, List.of("-proc:none"), null, List.of(file));
    try {
      CompilationUnitTree unit = task.parse().iterator().next();
      var scanner = new Scanner(unit, Trees.instance(task).getSourcePositions());
      scanner.scan(unit, null);
      return new JavaSource(scanner.uses, scanner.methods);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Scanner extends TreeScanner<@Nullable Void, @Nullable Void> {
    final List<Use> uses = new ArrayList<>();
    final List<Method> methods = new ArrayList<>();
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    Scanner(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      long end = positions.getEndPosition(unit, method);
      if (end >= 0) { // a record's own constructor has no text
        // From its last modifier: a table in an annotation is data, not code.
        long modifiers = positions.getEndPosition(unit, method.getModifiers());
        long first = line(modifiers >= 0 ? modifiers : positions.getStartPosition(unit, method));
        methods.add(new Method(method.getName().toString(), first, line(end) - first + 1));
      }
      if (method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
        use("synchronized", method);
      }
      return super.visitMethod(method, null);
    }

    @Override
    public @Nullable Void visitSynchronized(SynchronizedTree block, @Nullable Void nothing) {
      use("synchronized", block);
      return super.visitSynchronized(block, null);
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void nothing) {
      use(select.toString(), select);
      return super.visitMemberSelect(select, null);
    }

    @Override
    public @Nullable Void visitMemberReference(
        MemberReferenceTree reference, @Nullable Void nothing) {
      use(reference.getQualifierExpression() + "." + reference.getName(), reference);
      return super.visitMemberReference(reference, null);
    }

    @Override
    public @Nullable Void visitNewClass(NewClassTree creation, @Nullable Void nothing) {
      use("new " + creation.getIdentifier(), creation);
      return super.visitNewClass(creation, null);
    }

    private void use(String what, Tree tree) {
      uses.add(new Use(what, line(positions.getStartPosition(unit, tree))));
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }
  }
}
